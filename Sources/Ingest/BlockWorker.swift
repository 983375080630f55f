import Formats
import Scanning
import Store
import Traffic

/// Parses and encodes blocks, one after another. Each worker thread has its own.
struct BlockWorker: ~Copyable {
  private let format: any LogFormat
  private let wrappers: [any LineWrapper]
  private let node: [UInt8]?
  private var batch = RequestBatch()
  private var encoder = SegmentEncoder()
  private var quarantined: [RejectReason: Int] = [:]

  init(format: any LogFormat, wrappers: [any LineWrapper], node: String?, keepSecrets: Bool) {
    self.format = format
    self.wrappers = wrappers
    self.node = node.map { Array($0.utf8) }
    batch.templates.keepSecrets = keepSecrets
  }

  /// Everything the block holds.
  mutating func parse(_ block: borrowing LineBlock) -> ParsedBlock {
    var parsed = ParsedBlock()
    parsed.sequence = block.sequence
    parsed.lines = Int64(block.lines)
    parsed.isTail = block.isTail
    parsed.fingerprint = block.fingerprint
    parsed.fileBytesRead = block.fileBytesRead
    quarantined.removeAll(keepingCapacity: true)
    let origin = BlockOrigin(firstLine: block.firstLine, firstByte: block.firstByte)
    if wrappers.isEmpty {
      block.withBytes { parse($0, origin: origin, into: &parsed) }
    } else {
      let inner = block.withBytes { unwrapped($0) }
      let unwrappedOrigin = BlockOrigin(
        firstLine: block.firstLine, firstByte: block.firstByte, outerLines: inner.outerLines)
      inner.bytes.withUnsafeBufferPointer { parse($0, origin: unwrappedOrigin, into: &parsed) }
    }
    return parsed
  }

  private func unwrapped(_ bytes: UnsafeBufferPointer<UInt8>) -> UnwrappedBlock {
    var block = UnwrappedBlock()
    wrappers[0].unwrap(bytes, into: &block)
    for wrapper in wrappers.dropFirst() {
      var next = UnwrappedBlock()
      block.bytes.withUnsafeBufferPointer { wrapper.unwrap($0, into: &next) }
      next.outerLines = Self.composed(block.outerLines, next.outerLines)
      block = next
    }
    return block
  }

  /// Line numbers through two layers of wrapping; an empty list means one to one.
  private static func composed(_ outer: [Int32], _ inner: [Int32]) -> [Int32] {
    if outer.isEmpty { return inner }
    return inner.isEmpty ? outer : inner.map { outer[Int($0)] }
  }

  private mutating func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, origin: BlockOrigin, into parsed: inout ParsedBlock
  ) {
    var position = LinePosition(firstLine: origin.firstLine)
    // Unless lines are joined by a wrapper, a block fits one batch and this runs once.
    while position.offset < bytes.count {
      batch.reset()
      position = format.parse(bytes, from: position, into: &batch)
      finishRows(origin: origin)
      collect(origin: origin, bytes, into: &parsed)
      if batch.count > 0 {
        parsed.resolution = min(parsed.resolution, batch.stampResolution(basis: format.basis))
        parsed.requests += Int64(batch.count)
        parsed.segments.append(encoder.encode(batch))
      }
    }
    parsed.blank = Int64(position.blankLines)
  }

  /// Line numbers of the outer file, and the node where the log does not name it.
  private mutating func finishRows(origin: BlockOrigin) {
    if !origin.outerLines.isEmpty, batch.count > 0 {
      let lines = batch.claimed(.line)
      for row in 0..<batch.count {
        lines[row] = Int64(origin.line(Int(lines[row]) - origin.firstLine))
      }
    }
    if let node, batch.count > 0, !batch.present.contains(.gateway) { batch.fill(.gateway, node) }
  }

  private mutating func collect(
    origin: BlockOrigin, _ bytes: UnsafeBufferPointer<UInt8>, into parsed: inout ParsedBlock
  ) {
    for line in batch.rejected {
      parsed.rejectedByReason[line.reason, default: 0] += 1
      let kept = quarantined[line.reason, default: 0]
      guard kept < Limits.rejectedTexts else { continue }
      quarantined[line.reason] = kept + 1
      // The part around the problem, where the line is too long to keep whole.
      let from = line.length <= Limits.rejectedTextBytes ? 0 : max(0, min(line.column - 100, line.length - Limits.rejectedTextBytes))
      let text = bytes[(line.offset + from)..<(line.offset + min(line.length, from + Limits.rejectedTextBytes))]
      parsed.quarantined.append(
        QuarantinedLine(
          reason: line.reason, field: line.field, line: origin.line(line.line),
          byteOffset: origin.outerLines.isEmpty ? origin.firstByte + Int64(line.offset) : origin.firstByte,
          column: line.column - from, text: Array(text)))
    }
  }
}

/// Where a block's lines stand in their source.
private struct BlockOrigin {
  var firstLine: Int
  var firstByte: Int64
  /// Outer line index per inner line, where a wrapper joined lines.
  var outerLines: [Int32] = []

  /// Line number in the source of the block's line `index` (from 0).
  func line(_ index: Int) -> Int {
    guard !outerLines.isEmpty else { return firstLine + index }
    return firstLine + (outerLines.indices.contains(index) ? Int(outerLines[index]) : index)
  }
}

extension RequestBatch {
  /// Gives every row the same symbol.
  fileprivate mutating func fill(_ column: RequestColumn, _ text: [UInt8]) {
    text.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      fillSymbol(column, base, bytes.count)
    }
  }

  /// The step of the batch's time stamps: whole seconds, milliseconds or finer.
  fileprivate func stampResolution(basis: StampBasis) -> StampResolution {
    guard let arrivals = values(.arrival) else { return .second }
    let durations = basis == .end ? values(.duration) : nil
    var resolution = StampResolution.second
    for row in 0..<count {
      var stamp = arrivals[row]
      if let duration = durations?[row], duration != .absent { stamp &+= duration }
      if stamp % 1_000_000 == 0 { continue }
      if stamp % 1000 != 0 { return .microsecond }
      resolution = .millisecond
    }
    return resolution
  }
}
