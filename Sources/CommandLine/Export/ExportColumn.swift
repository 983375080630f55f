import Reporting
import Traffic

/// A column that `headroom export` can write.
enum ExportColumn: Hashable, Sendable {
  /// A stored value, or the route.
  case scan(ScanColumn)
  /// The exact path with its query.
  case path
  /// The path's template.
  case template
  /// Path of the log as it was imported.
  case source
  /// Trace id, 32 hexadecimal digits.
  case trace

  /// Every column, in the order of the usual export; `usual` leaves out what others say already.
  static let all: [ExportColumn] =
    [.scan(.stored(.arrival)), .scan(.route), .path, .template, .trace, .source]
    + RequestColumn.allCases.filter { $0 != .arrival && $0 != .path }.map { .scan(.stored($0)) }

  static let usual: [ExportColumn] =
    [.scan(.stored(.arrival)), .scan(.route), .path]
    + RequestColumn.allCases.filter { ![.arrival, .path, .traceHigh, .traceLow, .line].contains($0) }
    .map { .scan(.stored($0)) } + [.trace, .source, .scan(.stored(.line))]

  var name: String {
    switch self {
    case .scan(let column): column.name
    case .path: "path"
    case .template: "template"
    case .source: "source"
    case .trace: "trace"
    }
  }

  /// What a scan reads for it.
  var scanColumns: [ScanColumn] {
    switch self {
    case .scan(let column): [column]
    case .path: []
    case .template: [.stored(.path)]
    case .source: [.source]
    case .trace: [.stored(.traceHigh), .stored(.traceLow)]
    }
  }

  /// Its column of a table, for the name with the unit.
  var tableColumn: Column { Column(name, name, kind) }

  private var kind: Column.Kind {
    guard case .scan(.stored(let stored)) = self else { return .text }
    return switch stored.kind {
    case .time: .timestamp
    case .duration: .duration
    case .integer: stored == .bytesIn || stored == .bytesOut ? .bytes : .integer
    case .symbol, .address, .code, .word: .text
    }
  }
}
