import Traffic

/// Whole lines of a source, read together: the unit of parallel work. Reused for block after block.
public struct LineBlock: ~Copyable, Sendable {
  /// `capacity` bytes, of which the first `count` are the block.
  var storage: [UInt8]
  static let capacity = Limits.blockBytes + Limits.lineBytes + (1 << 20)
  /// Bytes of the block.
  public internal(set) var count = 0
  /// Position of the block among the blocks of its source, from 0.
  public internal(set) var sequence = 0
  /// Number of the first line in the source, from 1.
  public internal(set) var firstLine = 1
  /// Offset of the first byte in the uncompressed source.
  public internal(set) var firstByte: Int64 = 0
  /// The block is the source's last line, which has no line end (yet).
  public internal(set) var isTail = false
  /// Lines in the block, the tail counting as one.
  public internal(set) var lines = 0
  /// Fingerprint of the source up to the end of this block.
  public internal(set) var fingerprint = ContentFingerprint()
  /// Bytes of the file read so far, for progress.
  public internal(set) var fileBytesRead: Int64 = 0

  public init() {
    // Untouched pages stay unbacked: a small file costs little.
    storage = [UInt8](unsafeUninitializedCapacity: Self.capacity) { _, count in count = Self.capacity }
  }

  /// Calls `body` with the bytes of the block, valid only inside.
  public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    try storage.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[0..<count])) }
  }
}
