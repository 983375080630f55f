/// What a collector puts around each line of a log: syslog headers, Docker's JSON, the CRI prefix.
///
/// Unwrapping turns a block of outer lines into a block of inner lines, one per record, which the format then reads.
public protocol LineWrapper: Sendable {
  /// Such as `syslog`, `docker`, `cri`.
  var name: String { get }

  /// Whether a block may end after this line, which is the case unless the record goes on in the next line.
  func endsRecord(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool

  /// Appends the inner line of every record of a block, each ended by a line feed. A line that is not wrapped as
  /// expected is appended as it is, so that its format rejects and counts it.
  func unwrap(_ block: UnsafeBufferPointer<UInt8>, into inner: inout UnwrappedBlock)
}

/// Inner lines of a block, and which outer line each came from.
public struct UnwrappedBlock: Sendable {
  /// The inner lines, each ended by a line feed.
  public var bytes: [UInt8] = []
  /// Index of the outer line (from 0) per inner line, where a record took more than one line; else empty.
  public var outerLines: [Int32] = []
  public init() {}
}
