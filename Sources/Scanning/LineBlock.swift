import Traffic

/// Whole lines of a source, read together: the unit of parallel work. Reused for block after block.
@safe
public struct LineBlock: ~Copyable {
  let storage: UnsafeMutablePointer<UInt8>
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

  public init() { storage = .allocate(capacity: Self.capacity) }
  deinit { storage.deallocate() }

  public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: storage, count: count) }
}
