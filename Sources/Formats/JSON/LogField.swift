/// What a key of a key–value log can stand for. At most 64, so that a line's fields fit one bit set.
enum LogField: UInt8, CaseIterable {
  // Time. `time` is the stamp whose basis the format declares, `endTime` always the end.
  case time, endTime, duration, upstreamDuration, upstreamFirstByte, firstByte, connect, tlsConnect, queueWait
  // Request.
  case requestLine, method, host, path, query, wireProtocol, client, clientPort, forwardedFor, bytesIn,
    userAgent
  case referer, consumer, requestID, trace, tlsVersion
  // Answer.
  case status, bytesOut, cache, cacheDetail, limit, limitHeader
  // Gateway.
  case gateway, routeName, service, upstream, upstreamStatus, attempts, termination, details
  // What only some formats have; their dialects say what it is.
  case message, logger, origin, extraA, extraB, extraC
}

/// How the number of a time or duration field is to be read.
enum FieldUnit: UInt8, Sendable {
  /// Digits tell (times), or a unit in the value (`12ms`), else seconds.
  case automatic = 0
  case seconds, milliseconds, microseconds, nanoseconds

  /// Decimal digits to shift for µs, see `Numbers.scaled`.
  var digits: Int {
    switch self {
    case .automatic, .seconds: 6
    case .milliseconds: 3
    case .microseconds: 0
    case .nanoseconds: -3
    }
  }
}

/// One key of a format: where it is and what it stands for.
struct KeyRule: Sendable {
  /// Key names from the outermost object to the value.
  var path: [String]
  var field: LogField
  var unit: FieldUnit
  /// Where several keys of a line give one field, the lowest rank wins.
  var rank: UInt8

  /// - Parameter path: keys joined by dots, as in `request.headers.host`.
  init(_ path: String, _ field: LogField, _ unit: FieldUnit = .automatic, rank: UInt8 = 0) {
    self.init(path: path.split(separator: ".").map(String.init), field, unit, rank: rank)
  }

  init(path: [String], _ field: LogField, _ unit: FieldUnit = .automatic, rank: UInt8 = 0) {
    self.path = path
    self.field = field
    self.unit = unit
    self.rank = rank
  }
}
