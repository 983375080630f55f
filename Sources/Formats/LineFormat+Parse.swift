import Traffic
import Scanning

extension LineFormat {
  public func parse(
    _ block: UnsafeBufferPointer<UInt8>, from position: LinePosition, into batch: inout RequestBatch
  ) -> LinePosition {
    var reader = LineFormatReader(format: self, scratch: makeScratch())
    return readLines(of: block, from: position, into: &batch, by: &reader)
  }
}

/// A line format with the scratch of one block.
private struct LineFormatReader<Format: LineFormat>: LineReader {
  let format: Format
  var scratch: Format.Scratch

  @inline(__always)
  mutating func read(_ line: UnsafePointer<UInt8>, _ count: Int, into batch: inout RequestBatch) -> LineFailure? {
    format.read(line, count, scratch: &scratch, into: &batch)
  }
}

/// Cuts a block into lines and makes each a row, a rejected line or a blank one.
@inline(__always)
func readLines<Reader: LineReader & ~Copyable>(
  of block: UnsafeBufferPointer<UInt8>, from position: LinePosition, into batch: inout RequestBatch,
  by reader: inout Reader
) -> LinePosition {
  guard let base = block.baseAddress else { return position }
  var position = position
  while position.offset < block.count, !batch.isFull {
    let end = WideScan.lineEnd(in: base, from: position.offset, to: block.count)
    var start = position.offset
    var count = end - start
    if count > 0, base[start + count - 1] == 13 { count -= 1 }
    // A writer that crashed, or a log truncated while open, leaves a hole of NULs before the next line.
    while count > 0, base[start] == 0 {
      start += 1
      count -= 1
    }
    if count == 0 {
      if start == position.offset {
        position.blankLines += 1
      } else {
        batch.reject(RejectedLine(
          reason: .binary, field: nil, line: position.line, offset: position.offset, length: end - position.offset,
          column: 0))
      }
    } else if count > Limits.lineBytes {
      batch.reject(RejectedLine(
        reason: .tooLong, field: nil, line: position.line, offset: start, length: count, column: 0))
    } else if let failure = reader.read(base + start, count, into: &batch) {
      batch.reject(RejectedLine(
        reason: failure.reason, field: failure.field, line: position.line, offset: start, length: count,
        column: failure.column))
    } else {
      batch.set(.line, Int64(position.firstLine + position.line))
      batch.commitRow()
    }
    position.line += 1
    position.offset = min(end + 1, block.count)
  }
  return position
}
