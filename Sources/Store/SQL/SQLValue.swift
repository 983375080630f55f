internal import CSQLite

/// A value of a SQL result.
public enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  /// Bytes that are not UTF-8 show as U+FFFD.
  case text(String)
  case blob([UInt8])
}

extension SQLValue {
  /// Copies an argument of a function or a constraint.
  init(_ value: OpaquePointer?) {
    switch sqlite3_value_type(value) {
    case SQLITE_INTEGER: self = .integer(sqlite3_value_int64(value))
    case SQLITE_FLOAT: self = .real(sqlite3_value_double(value))
    case SQLITE_TEXT: self = .text(String(decoding: Self.bytes(value), as: UTF8.self))
    case SQLITE_BLOB: self = .blob(Self.bytes(value))
    default: self = .null
    }
  }

  private static func bytes(_ value: OpaquePointer?) -> [UInt8] {
    guard let base = sqlite3_value_blob(value) else { return [] }
    return Array(UnsafeRawBufferPointer(start: base, count: Int(sqlite3_value_bytes(value))))
  }
}
