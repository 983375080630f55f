internal import CZlib

/// The bytes of many texts, deflated where that pays.
///
///     | bytes: varint | deflated bytes: varint, 0 for stored | the bytes |
///
/// Deflate at level 1 takes some 15 ns per byte, so a sample decides first: it must save 15 %, and the whole 10 %.
enum TextHeap {
  static let largest = 1 << 28

  static func encode(_ heap: borrowing ByteSink, into sink: inout ByteSink) {
    sink.append(varint: UInt64(heap.count))
    let bytes = UnsafeBufferPointer(start: UnsafePointer(heap.base), count: heap.count)
    guard heap.count >= 128, samplePays(bytes), let deflated = deflate(bytes), deflated.count * 10 < heap.count * 9
    else {
      sink.append(varint: 0)
      return sink.append(bytes)
    }
    sink.append(varint: UInt64(deflated.count))
    deflated.withUnsafeBufferPointer { sink.append($0) }
  }

  private static func samplePays(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let size = 8192
    guard bytes.count > 2 * size else { return true }
    let start = (bytes.count - size) / 2
    let sample = UnsafeBufferPointer(rebasing: bytes[start..<(start + size)])
    return (deflate(sample)?.count ?? size) * 100 < size * 85
  }

  private static func deflate(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let bound = Int(compressBound(uLong(bytes.count)))
    var size = uLong(bound)
    var isDone = false
    let output = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      isDone = compress2(buffer.baseAddress, &size, bytes.baseAddress, uLong(bytes.count), 1) == Z_OK
      count = isDone ? Int(size) : 0
    }
    return isDone ? output : nil
  }

  static func decode(_ source: inout ByteSource) throws(CorruptSegment) -> [UInt8] {
    let size = try source.count(upTo: largest, "heap size")
    let deflated = try source.count(upTo: source.remaining, "heap size")
    // Deflate makes at most 1,032 bytes out of one.
    guard deflated == 0 || (size > 0 && size / 1032 <= deflated) else { throw CorruptSegment(.deflate) }
    let start = try source.skip(deflated == 0 ? size : deflated)
    if deflated == 0 { return Array(UnsafeBufferPointer(start: source.base + start, count: size)) }
    var inflated = uLong(size)
    var isDone = false
    let output = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      isDone = uncompress(buffer.baseAddress, &inflated, source.base + start, uLong(deflated)) == Z_OK
      count = isDone ? Int(inflated) : 0
    }
    guard isDone, output.count == size else { throw CorruptSegment(.deflate) }
    return output
  }
}
