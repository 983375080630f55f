import Scanning

/// JSON that a log shipper puts around the original line: journald, Fluent Bit, Filebeat, Vector, Loki
/// exports.
///
/// An envelope has the line as a string under one of `textKeys`, and beside it a key that only shippers
/// write.
public struct EnvelopeWrapper: ProbedWrapper {
  public let name = "envelope"

  /// Where shippers keep the original line, the surest first.
  static let textKeys: [StaticString] = ["MESSAGE", "log", "message", "line", "textPayload"]

  /// Keys of shippers, that access logs do not have.
  static let markers: [StaticString] = [
    "__REALTIME_TIMESTAMP", "_SYSTEMD_UNIT", "kubernetes", "docker", "container_name", "container_id",
    "agent",
    "source_type", "labels", "logGroup", "logName", "kubernetes_pod_name",
  ]

  /// Keys of a request: beside them the text is only a summary of what the object says itself.
  static let requestKeys: [StaticString] = [
    "http", "status", "url", "uri", "method", "httpRequest", "request", "duration",
  ]

  public init() {}

  public func endsRecord(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool { true }

  public func recognises(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool { Self.text(line, count) != nil }

  public func unwrap(_ block: UnsafeBufferPointer<UInt8>, into inner: inout UnwrappedBlock) {
    guard let base = block.baseAddress else { return }
    inner.bytes.reserveCapacity(inner.bytes.count + block.count + 1)
    var scratch: [UInt8] = [0]
    var offset = 0
    while offset < block.count {
      let end = WideScan.lineEnd(in: base, from: offset, to: block.count)
      let line = base + offset
      if let text = Self.text(line, end - offset) {
        if scratch.count < text.count + 1 { scratch = [UInt8](repeating: 0, count: 2 * text.count + 1024) }
        scratch.withUnsafeMutableBufferPointer { output in
          // Safe: the scratch is never empty and longer than what is unescaped.
          var oddities: JSONText.Oddities = []
          let target = output.baseAddress!
          var written = JSONText.unescape(
            line, text.lowerBound, text.upperBound, into: target, oddities: &oddities)
          while written > 0, target[written - 1] == 10 || target[written - 1] == 13 { written -= 1 }
          // A line feed inside would make two lines of one record.
          for index in 0..<written where target[index] == 10 { target[index] = 32 }
          inner.bytes.append(contentsOf: UnsafeBufferPointer(start: target, count: written))
        }
      } else {
        inner.bytes.append(contentsOf: UnsafeBufferPointer(start: line, count: end - offset))
      }
      inner.bytes.append(10)
      offset = end + 1
    }
  }

  /// The escaped text inside an envelope, or nil when the line is none.
  private static func text(_ line: UnsafePointer<UInt8>, _ count: Int) -> Range<Int>? {
    guard count > 0, line[0] == UInt8(ascii: "{") else { return nil }
    var scanner = JSONScanner(line, 0, count)
    guard scanner.enterObject() else { return nil }
    var text = 0..<0
    var best = textKeys.count
    var isMarked = false
    while true {
      switch scanner.nextKey() {
      case .broken: return nil
      case .objectEnd: return isMarked && best < textKeys.count ? text : nil
      case .key: break
      }
      let key = line + scanner.keyStart
      let length = scanner.keyEnd - scanner.keyStart
      guard scanner.readValue() else { return nil }
      if scanner.value.kind == .object { guard scanner.skipObject() else { return nil } }
      if markers.contains(where: { equals(key, length, $0) }) { isMarked = true }
      if requestKeys.contains(where: { equals(key, length, $0) }) { return nil }
      guard scanner.value.kind == .string, let rank = textKeys.firstIndex(where: { equals(key, length, $0) }),
        rank < best
      else { continue }
      best = rank
      text = scanner.value.start..<scanner.value.end
    }
  }

  private static func equals(_ key: UnsafePointer<UInt8>, _ count: Int, _ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    for index in 0..<count where key[index] != word.utf8Start[index] { return false }
    return true
  }
}
