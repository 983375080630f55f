import Scanning
import Traffic

/// What one program means by the keys of its log lines; the reading itself is `KeyedFormat`'s.
protocol KeyedDialect: Sendable {
  var name: String { get }
  var summary: String { get }
  var basis: StampBasis { get }
  var rules: [KeyRule] { get }
  /// How a line's keys and values are written.
  var syntax: KeyedSyntax { get }
  var escapes: TextEscapes { get }

  /// Whether the mapped values of a line could only come from this program.
  func recognises(_ values: inout LineValues) -> Bool

  /// Writes the row, `arrival` and `outcome` included.
  /// - Returns: nil when done, else why the line is no request.
  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure?
}

extension KeyedDialect {
  var syntax: KeyedSyntax { .json }
  var escapes: TextEscapes { .json }
  func recognises(_ values: inout LineValues) -> Bool { false }

  /// Writes duration and arrival from the stamp and its basis.
  @inline(__always)
  func writeTimes(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    let duration = values.micros(.duration)
    if let duration { batch.set(.duration, duration) }
    if let stamp = values.time(.time) {
      batch.set(.arrival, basis == .end ? stamp &- (duration ?? 0) : stamp)
      return nil
    }
    if let stamp = values.time(.endTime) {
      batch.set(.arrival, stamp &- (duration ?? 0))
      return nil
    }
    return values.missingTime
  }
}

extension LineValues {
  /// Why a line without a readable time is no row.
  var missingTime: LineFailure {
    if has(.time) { return LineFailure(.badTimestamp, field: .arrival, at: Int(self[.time].start)) }
    if has(.status) || has(.method) || has(.path) || has(.requestLine) {
      return LineFailure(.badTimestamp, field: .arrival, at: count)
    }
    return LineFailure(.notARequest, at: 0)
  }

  /// Writes a status and hands it back; a line that has one which is no number fails.
  @inline(__always)
  mutating func writeStatus(into batch: inout RequestBatch) -> (status: Int64?, failure: LineFailure?) {
    guard has(.status) else { return (nil, nil) }
    guard let status = statusCode(.status) else {
      return (nil, LineFailure(.badStatus, field: .status, at: Int(self[.status].start)))
    }
    batch.set(.status, status)
    if status == 101 { batch.set(.wireProtocol, WireProtocol.webSocket.rawValue) }
    return (status, nil)
  }
}

/// How keys and values are written.
enum KeyedSyntax: Sendable {
  case json
  /// `key=value key="value"`; a line that begins with a brace is JSON.
  case logfmt
  /// `label:value` between tabs.
  case ltsv
  /// Caddy's console: time, level, logger and message before the JSON, between tabs.
  case console
}
