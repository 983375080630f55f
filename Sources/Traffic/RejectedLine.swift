/// Why a line gave no request.
public enum RejectReason: UInt8, CaseIterable, Sendable, Hashable {
  /// The line is not in the format: a literal or separator is missing.
  case notInFormat = 0
  case badTimestamp
  case badNumber
  case badStatus
  case badJSON
  /// The line ends before the format does.
  case endsEarly
  /// Longer than `Limits.lineBytes`.
  case tooLong
  /// A line the gateway writes that is no request: start-up, error, TCP or directive line.
  case notARequest
  /// The wrapper (syslog, Docker, CRI) around the line could not be read.
  case badWrapper
  /// Bytes that no text log holds (NUL blocks of a crashed writer).
  case binary

  /// Stable word for the store, JSON and tables.
  public var name: String {
    switch self {
    case .notInFormat: "not_in_format"
    case .badTimestamp: "bad_timestamp"
    case .badNumber: "bad_number"
    case .badStatus: "bad_status"
    case .badJSON: "bad_json"
    case .endsEarly: "ends_early"
    case .tooLong: "too_long"
    case .notARequest: "not_a_request"
    case .badWrapper: "bad_wrapper"
    case .binary: "binary"
    }
  }
}

/// One line that gave no request, by its place in the block it was read in.
public struct RejectedLine: Hashable, Sendable {
  public var reason: RejectReason
  /// Column that could not be read, where the parser knew.
  public var field: RequestColumn?
  /// Index of the line in its block, from 0.
  public var line: Int
  /// Byte range of the line in its block, without the line end.
  public var offset: Int
  public var length: Int
  /// Byte in the line where reading stopped, from 0.
  public var column: Int

  public init(reason: RejectReason, field: RequestColumn?, line: Int, offset: Int, length: Int, column: Int) {
    self.reason = reason
    self.field = field
    self.line = line
    self.offset = offset
    self.length = length
    self.column = column
  }
}
