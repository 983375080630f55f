import Traffic

/// Cuts a byte source into blocks of whole lines.
///
/// A block holds at most `Limits.batchRows` lines and about `Limits.blockBytes` bytes, so block boundaries depend on
/// the content alone. A line longer than `Limits.lineBytes` gets a block of its own, cut to `lineBytes + 1` bytes; all its
/// bytes still count and enter the fingerprint. The last line without a line end comes in a block of its own, marked.
@safe
public struct LineBlockReader: ~Copyable {
  private var source: ByteSource
  /// Says whether a block may end after a line; nil is "after any".
  private var endsRecord: (@Sendable (UnsafePointer<UInt8>, Int) -> Bool)?
  /// Bytes read and not yet given out.
  private var carry: [UInt8] = []
  private var isAtEnd = false
  private var failure: SourceError?
  private var fingerprint = ContentFingerprint()
  private var nextLine = 1
  private var nextSequence = 0

  private static let chunk = 1 << 20

  public init(_ source: consuming ByteSource) { self.source = source }

  /// Lets blocks end only after lines of which `endsRecord` says that they end a record. Only before the first block.
  public mutating func setRecordEnds(_ endsRecord: @escaping @Sendable (UnsafePointer<UInt8>, Int) -> Bool) {
    self.endsRecord = endsRecord
  }

  /// Size of the file on disk and bytes of it read so far, compressed ones for gzip; no size for a pipe.
  public var fileBytes: Int64? { source.fileBytes }
  public var fileBytesRead: Int64 { source.bytesRead }

  /// The source's first bytes, up to `count`, which stay to be read.
  /// - Throws: what kept it from giving any.
  private mutating func peek(_ count: Int) throws(SourceError) -> [UInt8] {
    while carry.count < count, !isAtEnd { readMore(Self.chunk) }
    if carry.isEmpty, let failure { throw failure }
    return Array(carry.prefix(count))
  }

  /// Bytes that formats are recognised by.
  private static let sampleBytes = 1 << 18

  /// The source's first bytes for recognising its format, which stay to be read; empty for an empty source.
  ///
  /// A sample that is all of the source ends in a line feed, though its last line may lack one.
  public mutating func sample() throws(SourceError) -> [UInt8] {
    let sample = try peek(Self.sampleBytes)
    return sample.isEmpty || sample.count == Self.sampleBytes ? sample : sample + [10]
  }

  /// Passes over the source's first `count` bytes, which end a line, and reports whether they were there and had that
  /// fingerprint. Only before the first block.
  ///
  /// - Parameter checkpoints: byte counts, increasing, at which `visit` is told the fingerprint so far.
  public mutating func fingerprints(
    at checkpoints: [Int64], _ visit: (Int64, ContentFingerprint.Value) -> Void
  ) {
    for checkpoint in checkpoints {
      while fingerprint.byteCount < checkpoint {
        if carry.isEmpty {
          if isAtEnd { return }
          readMore(Self.chunk)
          continue
        }
        let take = Int(min(Int64(carry.count), checkpoint - fingerprint.byteCount))
        consume(take)
      }
      visit(checkpoint, fingerprint.value)
    }
  }

  /// Says that the lines passed over so far were `lines`: numbering goes on from there.
  public mutating func resume(afterLines lines: Int) { nextLine = lines + 1 }

  private mutating func consume(_ count: Int) {
    carry.withUnsafeBytes { fingerprint.update(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
    carry.removeFirst(count)
  }

  /// Reads on behind what is carried; a problem is kept for when everything before it has been given out.
  private mutating func readMore(_ count: Int) {
    var chunk = [UInt8](repeating: 0, count: count)
    var got = 0
    do throws(SourceError) {
      got = try source.read(into: &chunk)
    } catch {
      failure = error
    }
    carry.append(contentsOf: chunk[0..<got])
    if got == 0 { isAtEnd = true }
  }

  /// Reads the next block.
  /// - Returns: false at the end of the source; the block is then empty.
  public mutating func next(into block: inout LineBlock) throws(SourceError) -> Bool {
    block.count = carry.count
    block.isTail = false
    block.lines = 0
    block.storage.replaceSubrange(0..<carry.count, with: carry)
    carry.removeAll(keepingCapacity: true)
    block.firstLine = nextLine
    block.firstByte = fingerprint.byteCount
    var searched = 0
    var lineStart = 0
    while true {
      let counted = block.withBytes {
        WideScan.countLineEnds(in: $0.baseAddress!, from: searched, to: $0.count)
      }
      if block.lines + counted >= Limits.batchRows {
        let cut = offset(ofLineEnd: Limits.batchRows - block.lines, in: block, from: searched)
        block.lines = Limits.batchRows
        return finish(&block, cut: cut)
      }
      block.lines += counted
      if counted > 0 { lineStart = lastLineEnd(in: block, from: searched) + 1 }
      searched = block.count
      if block.count >= Limits.blockBytes, lineStart > 0 { return finish(&block, cut: lineStart) }
      if block.count - lineStart > Limits.lineBytes {
        if lineStart > 0 { return finish(&block, cut: lineStart) }
        return finishOverlongLine(&block)
      }
      if isAtEnd { break }
      fill(&block)
    }
    if lineStart > 0 { return finish(&block, cut: lineStart) }
    if let failure { throw failure }
    guard block.count > 0 else { return false }
    block.isTail = true
    block.lines = 1
    return finish(&block, cut: block.count)
  }

  private mutating func fill(_ block: inout LineBlock) {
    let room = block.count..<min(block.count + Self.chunk, LineBlock.capacity)
    var got = 0
    do throws(SourceError) {
      got = try block.storage.withUnsafeMutableBufferPointer { bytes throws(SourceError) in
        try source.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[room])))
      }
    } catch {
      // The whole lines read before the problem are still good: they come first.
      failure = error
    }
    block.count += got
    if got == 0 { isAtEnd = true }
  }

  private func offset(ofLineEnd wanted: Int, in block: borrowing LineBlock, from start: Int) -> Int {
    block.withBytes { bytes in
      (0..<wanted).reduce(start) { index, _ in
        WideScan.lineEnd(in: bytes.baseAddress!, from: index, to: bytes.count) + 1
      }
    }
  }

  private func lastLineEnd(in block: borrowing LineBlock, from start: Int) -> Int {
    var index = block.count - 1
    while index > start, block.storage[index] != 10 { index -= 1 }
    return index
  }

  /// Ends the block at `cut` and keeps what follows for the next one.
  private mutating func finish(_ block: inout LineBlock, cut: Int) -> Bool {
    let cut = isAtEnd && cut == block.count ? cut : recordEnd(in: &block, before: cut)
    carry.append(contentsOf: block.storage[cut..<block.count])
    update(with: block, count: cut)
    block.count = cut
    seal(&block)
    return true
  }

  private mutating func update(with block: borrowing LineBlock, count: Int) {
    block.storage.withUnsafeBytes { fingerprint.update(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
  }

  private mutating func seal(_ block: inout LineBlock) {
    block.sequence = nextSequence
    block.fingerprint = fingerprint
    block.fileBytesRead = source.bytesRead
    nextSequence += 1
    nextLine += block.lines
  }

  /// Moves a cut back to the last line that ends a record, when there is one.
  private func recordEnd(in block: inout LineBlock, before cut: Int) -> Int {
    guard let endsRecord else { return cut }
    var end = cut
    var lines = block.lines
    while end > 0 {
      var start = end - 1
      while start > 0, block.storage[start - 1] != 10 { start -= 1 }
      if block.withBytes({ endsRecord($0.baseAddress! + start, end - 1 - start) }) {
        block.lines = lines
        return end
      }
      end = start
      lines -= 1
    }
    return cut
  }

  /// The block is one line that is too long: keeps its start and passes over the rest of it.
  private mutating func finishOverlongLine(_ block: inout LineBlock) -> Bool {
    let kept = Limits.lineBytes + 1
    update(with: block, count: block.count)
    block.count = kept
    block.lines = 1
    var found = false
    while !found {
      if carry.isEmpty {
        if isAtEnd { break }
        readMore(Self.chunk)
        continue
      }
      let count = carry.count
      let end = carry.withUnsafeBufferPointer {
        WideScan.lineEnd(in: $0.baseAddress!, from: 0, to: count)
      }
      found = end < count
      consume(found ? end + 1 : count)
    }
    block.isTail = !found
    seal(&block)
    return true
  }
}
