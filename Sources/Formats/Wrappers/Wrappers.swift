import Scanning

/// A wrapper that knows its own lines.
public protocol ProbedWrapper: LineWrapper {
  func recognises(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool
}

/// Everything collectors put around lines; they nest.
///
/// A member is added in three places: its file, its line here, its vectors.
public enum Wrappers {
  /// All wrappers, the strictest first.
  public static let all: [any LineWrapper] = probed

  private static let probed: [any ProbedWrapper] = [
    DockerWrapper(), CRIWrapper(), SyslogWrapper(), ComposeWrapper(), EnvelopeWrapper(), RecordsWrapper(),
  ]

  /// Wrappers of a sample, outermost first: each must match nine lines of ten of what the ones before it
  /// left.
  /// - Parameter sample: whole lines. Blank ones do not count.
  public static func detect(in sample: UnsafeBufferPointer<UInt8>) -> [any LineWrapper] {
    var found: [any LineWrapper] = []
    var bytes = Array(sample)
    while found.count < 4, let wrapper = outermost(bytes) {
      found.append(wrapper)
      var inner = UnwrappedBlock()
      bytes.withUnsafeBufferPointer { wrapper.unwrap($0, into: &inner) }
      bytes = inner.bytes
    }
    return found
  }

  private static func outermost(_ bytes: [UInt8]) -> (any ProbedWrapper)? {
    bytes.withUnsafeBufferPointer { block in probed.first { isAround(block, $0) } }
  }

  /// Whether a wrapper matches nine lines of ten.
  private static func isAround(_ block: UnsafeBufferPointer<UInt8>, _ wrapper: any ProbedWrapper) -> Bool {
    guard let base = block.baseAddress else { return false }
    var lines = 0
    var matches = 0
    var offset = 0
    while offset < block.count {
      let end = WideScan.lineEnd(in: base, from: offset, to: block.count)
      if end > offset {
        lines += 1
        if wrapper.recognises(base + offset, end - offset) { matches += 1 }
      }
      offset = end + 1
    }
    return lines > 0 && matches * 10 >= lines * 9
  }
}
