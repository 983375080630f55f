internal import Traffic

/// The columns of the SQL table `requests`, in the order of `SELECT *`.
enum RequestsColumn: Hashable, Sendable {
  /// Arrival as ISO 8601 text.
  case time
  /// The exact path with its query.
  case path
  /// The path's template.
  case template
  case route
  /// Path of the source as it was imported.
  case source
  /// 128-bit trace id as 32 hexadecimal digits.
  case trace
  case stored(RequestColumn)
  case derived(DerivedColumn)

  static let all: [RequestsColumn] =
    [.time] + columns([.arrival, .duration, .status, .method, .host]) + [.path, .template, .route]
    + columns([
      .bytesIn, .bytesOut, .client, .consumer, .upstream, .upstreamDuration, .upstreamStatus, .attempts, .firstByte,
      .queueWait, .connect, .wireProtocol, .cache, .limit, .outcome, .termination, .gateway, .service, .routeName,
      .userAgent, .referer,
    ]) + [.trace, .source] + columns([.line]) + DerivedColumn.allCases.map { .derived($0) }

  private static func columns(_ stored: [RequestColumn]) -> [RequestsColumn] { stored.map { .stored($0) } }

  var name: String {
    switch self {
    case .time: "time"
    case .path: "path"
    case .template: "template"
    case .route: "route"
    case .source: "source"
    case .trace: "trace"
    case .stored(let column): column.name
    case .derived(let column): column.name
    }
  }

  var isInteger: Bool {
    switch self {
    case .derived(let column): return column.isInteger
    case .stored(let column):
      switch column.kind {
      case .time, .duration, .integer, .word: return true
      case .symbol, .address, .code: return false
      }
    case .time, .path, .template, .route, .source, .trace: return false
    }
  }

  /// What a scan must read for it; the path also needs `RowPaths`.
  var scanColumns: [ScanColumn] {
    switch self {
    case .time: [.stored(.arrival)]
    case .path: []
    case .template: [.stored(.path)]
    case .route: [.route]
    case .source: [.source]
    case .trace: [.stored(.traceHigh), .stored(.traceLow)]
    case .stored(let column): [.stored(column)]
    case .derived(let column): column.scanColumns
    }
  }

  /// The column of a filter that `column = constant` becomes; nil where there is none.
  var filterColumn: ScanColumn? {
    switch self {
    case .time: .stored(.arrival)
    case .path, .trace, .derived: nil
    case .template: .stored(.path)
    case .route: .route
    case .source: .source
    case .stored(let column): .stored(column)
    }
  }

  static var declaration: String {
    let columns = all.map { "\"\($0.name)\" \($0.isInteger ? "INTEGER" : "TEXT")" }
    return "CREATE TABLE requests(\(columns.joined(separator: ", ")))"
  }
}
