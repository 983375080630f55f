/// Takes the rows of an SQL statement one by one.
public protocol SQLReceiver {
  /// The names of the columns, once and first.
  mutating func begin(columns: [String]) throws
  mutating func take(_ row: [SQLAnswer.Value]) throws
}

/// What SQL answers with.
public enum SQLAnswer {
  public enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
  }
}
