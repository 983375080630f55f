import Scanning

/// Docker's json-file driver: `{"log":"line\n","stream":"stdout","time":"…Z"}`.
///
/// A `log` that does not end in a line feed is a part; parts of one stream are joined until one does.
public struct DockerWrapper: ProbedWrapper {
  public let name = "docker"

  public init() {}

  public func endsRecord(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    DockerRecord(line, count)?.endsLine(line) ?? true
  }

  public func recognises(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    DockerRecord(line, count) != nil
  }

  public func unwrap(_ block: UnsafeBufferPointer<UInt8>, into inner: inout UnwrappedBlock) {
    guard let base = block.baseAddress else { return }
    var joiner = RecordJoiner(into: inner, reserving: block.count)
    var scratch: [UInt8] = []
    var offset = 0
    while offset < block.count {
      let end = WideScan.lineEnd(in: base, from: offset, to: block.count)
      let line = base + offset
      if let record = DockerRecord(line, end - offset) {
        let length = record.log.count
        if scratch.count < length + 1 { scratch = [UInt8](repeating: 0, count: 2 * length + 1024) }
        scratch.withUnsafeMutableBufferPointer { output in
          // Safe: the scratch is never empty and longer than what is unescaped.
          var oddities: JSONText.Oddities = []
          var written = JSONText.unescape(
            line, record.log.lowerBound, record.log.upperBound, into: output.baseAddress!, oddities: &oddities
          )
          let endsLine = written > 0 && output[written - 1] == 10
          if endsLine { written -= 1 }
          if endsLine, written > 0, output[written - 1] == 13 { written -= 1 }
          joiner.add(
            UnsafeBufferPointer(start: output.baseAddress!, count: written), isError: record.isError,
            endsRecord: endsLine)
        }
      } else {
        joiner.add(UnsafeBufferPointer(start: line, count: end - offset), isError: nil, endsRecord: true)
      }
      offset = end + 1
    }
    inner = joiner.finish()
  }
}

/// One record of the json-file driver, taken apart without copying.
struct DockerRecord {
  /// The escaped text between the quotes.
  var log = 0..<0
  var isError = false

  init?(_ line: UnsafePointer<UInt8>, _ count: Int) {
    var scanner = JSONScanner(line, 0, count)
    guard scanner.enterObject() else { return nil }
    var found = 0
    loop: while true {
      switch scanner.nextKey() {
      case .broken: return nil
      case .objectEnd: break loop
      case .key: break
      }
      let key = UnsafeBufferPointer(start: line + scanner.keyStart, count: scanner.keyEnd - scanner.keyStart)
      guard scanner.readValue() else { return nil }
      if scanner.value.kind == .object { guard scanner.skipObject() else { return nil } }
      let value = scanner.value
      if Self.equals(key, "log"), value.kind == .string {
        log = value.start..<value.end
        found |= 1
      } else if Self.equals(key, "stream"), value.kind == .string {
        isError = value.end - value.start == 6 && line[value.end - 1] == UInt8(ascii: "r")
        found |= 2
      } else if Self.equals(key, "time") {
        found |= 4
      } else if !Self.equals(key, "attrs") {
        // More than a wrapper has: a log line of its own.
        return nil
      }
    }
    guard found == 7 else { return nil }
  }

  /// Whether the text ends in an escaped line feed.
  func endsLine(_ line: UnsafePointer<UInt8>) -> Bool {
    guard log.count >= 2, line[log.upperBound - 1] == UInt8(ascii: "n") else { return false }
    var slashes = 0
    var index = log.upperBound - 2
    while index >= log.lowerBound, line[index] == UInt8(ascii: "\\") {
      slashes += 1
      index -= 1
    }
    return slashes % 2 == 1
  }

  private static func equals(_ key: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    guard key.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<key.count where key[index] != word.utf8Start[index] { return false }
    return true
  }
}
