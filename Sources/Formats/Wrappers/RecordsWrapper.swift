import Scanning

/// Several JSON records in one line: an array, Azure's `{"records":[…]}`, or objects one behind the other
/// as Firehose writes them. Each becomes a line of its own.
public struct RecordsWrapper: ProbedWrapper {
  public let name = "records"

  public init() {}

  public func endsRecord(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool { true }

  public func recognises(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard var records = Records(line, count), records.next() else { return false }
    // One object alone is a plain line.
    return records.isInArray || records.next()
  }

  public func unwrap(_ block: UnsafeBufferPointer<UInt8>, into inner: inout UnwrappedBlock) {
    guard let base = block.baseAddress else { return }
    inner.bytes.reserveCapacity(inner.bytes.count + block.count + 1)
    var origins: [Int32] = []
    var outerLine: Int32 = 0
    var isPlain = true
    var offset = 0
    while offset < block.count {
      let end = WideScan.lineEnd(in: base, from: offset, to: block.count)
      var found = 0
      if var records = Records(base + offset, end - offset) {
        while records.next() {
          let range = UnsafeBufferPointer(
            start: base + offset + records.start, count: records.end - records.start)
          inner.bytes.append(contentsOf: range)
          inner.bytes.append(10)
          origins.append(outerLine)
          found += 1
        }
        // What is left after a record that broke off is a line too, so that it is counted.
        if records.isBroken {
          inner.bytes.append(
            contentsOf: UnsafeBufferPointer(
              start: base + offset + records.start, count: end - offset - records.start))
          inner.bytes.append(10)
          origins.append(outerLine)
          found += 1
        }
      }
      if found == 0 {
        inner.bytes.append(contentsOf: UnsafeBufferPointer(start: base + offset, count: end - offset))
        inner.bytes.append(10)
        origins.append(outerLine)
      }
      if found > 1 { isPlain = false }
      outerLine &+= 1
      offset = end + 1
    }
    if !isPlain || !inner.outerLines.isEmpty { inner.outerLines += origins }
  }
}

/// The objects of one line.
private struct Records {
  private var scanner: JSONScanner
  private let line: UnsafePointer<UInt8>
  private let count: Int
  /// The objects are elements of an array.
  private(set) var isInArray = false
  private(set) var start = 0
  private(set) var end = 0
  private(set) var isBroken = false

  init?(_ line: UnsafePointer<UInt8>, _ count: Int) {
    self.line = line
    self.count = count
    scanner = JSONScanner(line, 0, count)
    scanner.skipBlanks()
    guard scanner.position < count else { return nil }
    if line[scanner.position] == UInt8(ascii: "[") {
      isInArray = true
      scanner.position += 1
    } else if let inside = Self.recordsStart(line, count) {
      isInArray = true
      scanner.position = inside
    }
  }

  /// Index inside the array of `{"records":[`, or nil.
  private static func recordsStart(_ line: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    var scanner = JSONScanner(line, 0, count)
    guard scanner.enterObject(), scanner.nextKey() == .key, scanner.keyEnd - scanner.keyStart == 7,
      line[scanner.keyStart] == UInt8(ascii: "r"), line[scanner.keyEnd - 1] == UInt8(ascii: "s")
    else { return nil }
    scanner.skipBlanks()
    guard scanner.position < count, line[scanner.position] == UInt8(ascii: "[") else { return nil }
    return scanner.position + 1
  }

  /// Moves to the next object; false after the last, and where one is not whole.
  mutating func next() -> Bool {
    while scanner.position < count,
      line[scanner.position] <= 32 || line[scanner.position] == UInt8(ascii: ",")
    {
      scanner.position += 1
    }
    guard scanner.position < count, line[scanner.position] == UInt8(ascii: "{") else { return false }
    start = scanner.position
    guard scanner.skipObject() else {
      isBroken = true
      return false
    }
    end = scanner.position
    return true
  }
}
