/// Writes records of one or more outer lines as inner lines, and remembers which outer line each came from.
///
/// Standard output and error are joined apart from each other: a container's runtime may interleave them.
struct RecordJoiner {
  private var inner: UnwrappedBlock
  /// Parts that wait for their end, and the outer line of the first.
  private var output: [UInt8] = []
  private var error: [UInt8] = []
  private var outputLine: Int32 = -1
  private var errorLine: Int32 = -1
  /// Outer line of every inner line of this block.
  private var origins: [Int32] = []
  private var outerLine: Int32 = 0
  private var hasJoined = false

  init(into inner: consuming UnwrappedBlock, reserving count: Int) {
    self.inner = inner
    self.inner.bytes.reserveCapacity(self.inner.bytes.count + count + 1)
  }

  /// Adds what one outer line holds.
  /// - Parameter isError: which stream it is of, nil for a line that is not wrapped.
  @inline(__always)
  mutating func add(_ content: UnsafeBufferPointer<UInt8>, isError: Bool?, endsRecord: Bool) {
    defer { outerLine &+= 1 }
    let waits = isError == true ? errorLine >= 0 : outputLine >= 0
    if isError == nil || (endsRecord && !waits) {
      inner.bytes.append(contentsOf: content)
      inner.bytes.append(10)
      origins.append(outerLine)
    } else {
      join(content, isError: isError == true, endsRecord: endsRecord)
    }
  }

  @inline(never)
  private mutating func join(_ content: UnsafeBufferPointer<UInt8>, isError: Bool, endsRecord: Bool) {
    hasJoined = true
    if isError {
      if errorLine < 0 { errorLine = outerLine }
      error.append(contentsOf: content)
      if endsRecord { Self.flush(&error, &errorLine, &inner, &origins) }
    } else {
      if outputLine < 0 { outputLine = outerLine }
      output.append(contentsOf: content)
      if endsRecord { Self.flush(&output, &outputLine, &inner, &origins) }
    }
  }

  private static func flush(
    _ parts: inout [UInt8], _ line: inout Int32, _ inner: inout UnwrappedBlock, _ origins: inout [Int32]
  ) {
    inner.bytes.append(contentsOf: parts)
    inner.bytes.append(10)
    origins.append(line)
    parts.removeAll(keepingCapacity: true)
    line = -1
  }

  /// What was written; parts whose end never came are lines of their own, so that they are counted.
  mutating func finish() -> UnwrappedBlock {
    if errorLine >= 0 { Self.flush(&error, &errorLine, &inner, &origins) }
    if outputLine >= 0 { Self.flush(&output, &outputLine, &inner, &origins) }
    if hasJoined || !inner.outerLines.isEmpty { inner.outerLines += origins }
    return inner
  }
}
