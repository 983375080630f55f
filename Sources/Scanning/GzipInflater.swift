import CZlib

/// Inflates a gzip stream of one or more members.
@safe
struct GzipInflater: ~Copyable {
  struct Failure: Error { let words: String }

  /// zlib keeps a pointer back to the stream, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  private var inputOffset = 0
  /// A member ended and the next did not begin: the only place where a file may end.
  private(set) var isBetweenMembers = false

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 window bits + 16: gzip headers and trailers only.
    inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  var needsInput: Bool { inputOffset == input.count }

  mutating func supply(_ bytes: [UInt8]) {
    input = bytes
    inputOffset = 0
  }

  /// Inflates supplied input into `target`.
  /// - Returns: bytes written; 0 when more input is needed.
  mutating func inflate(into target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    if isBetweenMembers {
      // Zero padding after the last member is allowed, as gzip does.
      while inputOffset < input.count, input[inputOffset] == 0 { inputOffset += 1 }
      if needsInput { return 0 }
      inflateReset(stream)
      isBetweenMembers = false
    }
    let room = min(target.count, Int(Int32.max))
    let start = inputOffset
    let status = input.withUnsafeMutableBufferPointer { bytes in
      stream.pointee.next_in = bytes.baseAddress! + start
      stream.pointee.avail_in = UInt32(bytes.count - start)
      stream.pointee.next_out = target.baseAddress!.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      return CZlib.inflate(stream, Z_NO_FLUSH)
    }
    inputOffset = input.count - Int(stream.pointee.avail_in)
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isBetweenMembers = true
    default:
      throw Failure(words: stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)")
    }
    return room - Int(stream.pointee.avail_out)
  }
}
