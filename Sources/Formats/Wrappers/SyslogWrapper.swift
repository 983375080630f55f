import Scanning

/// Lines as syslog daemons write them to files, see `SyslogHeader`. Every line is a record.
public struct SyslogWrapper: ProbedWrapper {
  public let name = "syslog"

  public init() {}

  public func endsRecord(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool { true }

  public func recognises(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    SyslogHeader(line, count) != nil
  }

  public func unwrap(_ block: UnsafeBufferPointer<UInt8>, into inner: inout UnwrappedBlock) {
    guard let base = block.baseAddress else { return }
    inner.bytes.reserveCapacity(inner.bytes.count + block.count + 1)
    var offset = 0
    while offset < block.count {
      let end = WideScan.lineEnd(in: base, from: offset, to: block.count)
      let start = offset + (SyslogHeader(base + offset, end - offset)?.message ?? 0)
      inner.bytes.append(contentsOf: UnsafeBufferPointer(start: base + start, count: end - start))
      inner.bytes.append(10)
      offset = end + 1
    }
  }
}
