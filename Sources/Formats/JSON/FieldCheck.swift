import Scanning
import Traffic

/// Whether the values of a key can be those of a field.
enum FieldCheck {
  /// At least nine of ten values fit; a key without any value fits nothing.
  static func suits(_ values: [String], _ field: LogField, name: String) -> Bool {
    guard !values.isEmpty else { return field == .cache || field == .limit }
    let fitting = values.count { suits($0, field, name: name) }
    return fitting * 10 >= values.count * 9
  }

  private static func suits(_ value: String, _ field: LogField, name: String) -> Bool {
    switch field {
    case .duration, .firstByte, .queueWait: return isDuration(value)
    case .upstreamDuration, .connect, .upstreamFirstByte:
      return items(value).allSatisfy { $0 == "-" || isDuration($0) }
    case .status: return isStatus(value)
    case .upstreamStatus: return items(value).allSatisfy { $0 == "-" || isStatus($0) }
    case .requestLine: return isRequestLine(value)
    case .method:
      return !value.isEmpty && value.utf8.count <= 24
        && value.utf8.allSatisfy { ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 }
    case .path: return value.hasPrefix("/") || value == "*" || value.contains("://") || value.hasPrefix("<")
    case .host: return !value.contains("/") && !value.contains(" ")
    case .wireProtocol: return value.contains("/") || value.count <= 4
    case .bytesOut, .bytesIn, .attempts, .clientPort: return isInteger(value)
    case .client: return isAddress(value)
    case .upstream:
      return items(value).contains { $0.contains(":") || isIPv4($0) }
        || name != "upstream" && name != "backend"
    case .service: return !items(value).contains { $0.contains(":") && !$0.contains("|") }
    case .query: return !value.hasPrefix("/")
    case .trace: return isTrace(value)
    case .cache: return withBytes(value) { LogWords.cacheStatus($0, $1) != nil }
    case .limit: return withBytes(value) { LogWords.limitVerdict($0, $1) != nil }
    default: return true
    }
  }

  private static func items(_ value: String) -> [String] {
    value.split(separator: ",").flatMap { $0.split(separator: " ") }.map(String.init).filter { $0 != ":" }
  }

  private static func isInteger(_ value: String) -> Bool {
    let digits = value.hasPrefix("+") || value.hasPrefix("-") ? value.dropFirst() : Substring(value)
    return !digits.isEmpty && digits.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
  }

  /// A number, or one with a unit.
  static func isDuration(_ value: String) -> Bool {
    if Double(value) != nil { return true }
    return withBytes(value) { Numbers.goDuration($0, 0, $1) != nil }
  }

  private static func isStatus(_ value: String) -> Bool {
    guard let code = Int(value) else { return false }
    return code >= 0 && code <= 999 && value.utf8.count <= 3
  }

  private static func isRequestLine(_ value: String) -> Bool {
    withBytes(value) { bytes, count in
      let shape = RequestLine(bytes, count).shape
      return shape == .wellFormed || shape == .withoutProtocol || shape == .spacesInTarget
    } || value.utf8.contains { $0 < 32 || $0 > 126 } || value == "<BADREQ>"
  }

  private static func isIPv4(_ value: String) -> Bool {
    withBytes(value) { ClientAddress.parseIPv4($0, $1) != nil }
  }

  private static func isAddress(_ value: String) -> Bool {
    withBytes(value) { bytes, count in
      let (start, end) = AddressText.address(bytes, count)
      if ClientAddress.parseIPv4(bytes + start, end - start) != nil { return true }
      guard end > start else { return false }
      return (start..<end).allSatisfy {
        Numbers.hexDigit(bytes[$0]) != nil || bytes[$0] == 58 || bytes[$0] == 46
      }
    }
  }

  private static func isTrace(_ value: String) -> Bool { withBytes(value) { TraceID($0, $1) != nil } }

  // MARK: Times

  static func areTimes(_ values: [String]) -> Bool {
    guard !values.isEmpty else { return false }
    return values.count { time($0) != nil } * 10 >= values.count * 9
  }

  /// µs since 1970 of a stamp between 1980 and 2100. Whether it is one does not depend on the clock.
  static func time(_ value: String, _ clock: WriterClock = WriterClock(year: 2020)) -> Int64? {
    let stamp = withBytes(value) { StampReader.micros($0, 0, $1, .automatic, clock: clock) }
    guard let stamp, stamp > 315_532_800_000_000, stamp < 4_102_444_800_000_000 else { return nil }
    return stamp
  }

  static func hasSubseconds(_ value: String) -> Bool {
    (time(value) ?? 0) % 1_000_000 != 0
  }

  private static func withBytes<R>(_ value: String, _ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
    let bytes = Array(value.utf8) + [0]
    // Safe: one byte was appended, so there is a base address.
    return bytes.withUnsafeBufferPointer { body($0.baseAddress!, $0.count - 1) }
  }
}
