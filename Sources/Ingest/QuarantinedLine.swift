public import Traffic

/// A line that gave no request, with enough of it to find and understand it.
public struct QuarantinedLine: Sendable, Hashable {
  public var reason: RejectReason
  public var field: RequestColumn?
  /// From 1.
  public var line: Int
  /// Offset of the line's first byte in the uncompressed source.
  public var byteOffset: Int64
  /// Byte in the line where reading stopped, from 0.
  public var column: Int
  /// At most `Limits.rejectedTextBytes` bytes.
  public var text: [UInt8]
}
