import Scanning

/// The pairs of a logfmt or LTSV line, one after another.
struct KeyValuePairs {
  private let line: UnsafePointer<UInt8>
  private let end: Int
  private var index = 0
  private let separator: Separator
  private(set) var keyStart = 0
  private(set) var keyEnd = 0
  private(set) var value = JSONValue(.absent, 0, 0)
  /// A quoted value was not closed.
  private(set) var isBroken = false

  enum Separator {
    /// `key=value key="quoted" bare`; a quoted value is escaped as in JSON.
    case blanks
    /// `label:value` between tabs.
    case tabs
  }

  init(_ line: UnsafePointer<UInt8>, _ count: Int, _ separator: Separator) {
    self.line = line
    end = count
    self.separator = separator
  }

  /// Moves to the next pair; false after the last.
  mutating func next() -> Bool { separator == .tabs ? nextLabel() : nextAssignment() }

  private mutating func nextAssignment() -> Bool {
    while index < end {
      if line[index] <= 32 {
        index += 1
        continue
      }
      keyStart = index
      while index < end, line[index] > 32, line[index] != UInt8(ascii: "=") { index += 1 }
      keyEnd = index
      // A bare word is a flag and has no value to read.
      guard index < end, line[index] == UInt8(ascii: "=") else { continue }
      index += 1
      return takeValue()
    }
    return false
  }

  private mutating func takeValue() -> Bool {
    if index < end, line[index] == UInt8(ascii: "\"") {
      var scanner = JSONScanner(line, index, end)
      guard scanner.readValue() else {
        isBroken = true
        return false
      }
      value = scanner.value
      index = scanner.position
    } else {
      let start = index
      while index < end, line[index] > 32 { index += 1 }
      value = plain(start, index)
    }
    return true
  }

  private mutating func nextLabel() -> Bool {
    while index < end {
      let stop = WideScan.find(9, in: line, from: index, to: end)
      let colon = WideScan.find(UInt8(ascii: ":"), in: line, from: index, to: stop)
      keyStart = index
      keyEnd = colon
      index = stop + 1
      guard colon < stop else { continue }
      value = plain(colon + 1, stop)
      return true
    }
    return false
  }

  /// An unquoted value; `\xHH` in it still is an escape.
  private func plain(_ start: Int, _ stop: Int) -> JSONValue {
    var value = JSONValue(.string, start, stop)
    value.hasEscapes = WideScan.find(UInt8(ascii: "\\"), in: line, from: start, to: stop) < stop
    for index in start..<stop where line[index] >= 0x80 { value.hasHighBytes = true }
    return value
  }
}
