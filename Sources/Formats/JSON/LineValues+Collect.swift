import Scanning
import Traffic

extension LineValues {
  /// Finds the values of the wanted keys.
  @inline(__always)
  mutating func collect(_ keys: KeyTableView, _ syntax: KeyedSyntax) -> LineFailure? {
    switch syntax {
    case .json: return collectJSON(keys, from: 0)
    case .logfmt where line[0] != UInt8(ascii: "{"): return collectLogfmt(keys)
    case .logfmt: return collectJSON(keys, from: 0)
    case .ltsv: return collectLTSV(keys)
    case .console: return collectConsole(keys)
    }
  }

  mutating func collectJSON(_ keys: KeyTableView, from start: Int) -> LineFailure? {
    var scanner = JSONScanner(line, start, count)
    // An array with one record a line still is one record a line.
    scanner.skipBlanks()
    if scanner.position < count, line[scanner.position] == UInt8(ascii: "[") { scanner.position += 1 }
    guard scanner.enterObject() else { return LineFailure(.notInFormat, at: min(scanner.position, count)) }
    // Numbers of the objects being read, the innermost lowest; 0 is the line.
    var parents: UInt64 = 0
    var depth = 1
    while true {
      switch scanner.nextKey() {
      case .objectEnd:
        depth &-= 1
        parents >>= 8
        if depth == 0 { return finish(&scanner) }
        continue
      case .broken: return failure(scanner)
      case .key: break
      }
      let parent = UInt8(truncatingIfNeeded: parents)
      let entry = keys.find(line + scanner.keyStart, scanner.keyEnd &- scanner.keyStart, in: parent)
      guard scanner.readValue() else { return failure(scanner) }
      if scanner.value.kind == .object {
        if let entry, entry.pointee.child != 0 {
          _ = scanner.enterObject()
          // The table is at most seven deep, so the numbers fit.
          parents = parents << 8 | UInt64(entry.pointee.child)
          depth &+= 1
          continue
        }
        guard scanner.skipObject() else { return failure(scanner) }
      }
      if let entry { put(entry, scanner.value) }
    }
  }

  private func failure(_ scanner: JSONScanner) -> LineFailure {
    LineFailure(scanner.endsEarly ? .endsEarly : .badJSON, at: min(scanner.position, count))
  }

  /// After the last brace only array punctuation may come.
  private mutating func finish(_ scanner: inout JSONScanner) -> LineFailure? {
    isLenient = scanner.isLenient
    while scanner.position < count {
      let byte = line[scanner.position]
      guard byte <= 32 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
        return LineFailure(.badJSON, at: scanner.position)
      }
      scanner.position &+= 1
    }
    return nil
  }

  /// `key=value key="quoted" bare`; a quoted value is escaped as in JSON.
  private mutating func collectLogfmt(_ keys: KeyTableView) -> LineFailure? {
    var index = 0
    var pairs = 0
    while index < count {
      if line[index] <= 32 {
        index += 1
        continue
      }
      let start = index
      while index < count, line[index] > 32, line[index] != UInt8(ascii: "=") { index += 1 }
      let keyCount = index - start
      guard index < count, line[index] == UInt8(ascii: "=") else { continue }
      index += 1
      var value = JSONValue(.bare, index, index)
      if index < count, line[index] == UInt8(ascii: "\"") {
        var scanner = JSONScanner(line, index, count)
        guard scanner.readValue() else { return LineFailure(.endsEarly, at: count) }
        value = scanner.value
        index = scanner.position
      } else {
        while index < count, line[index] > 32 { index += 1 }
        value = plain(value.start, index)
      }
      pairs += 1
      if let entry = keys.find(line + start, keyCount, in: 0) { put(entry, value) }
    }
    return pairs > 0 ? nil : LineFailure(.notInFormat, at: 0)
  }

  /// `label:value` between tabs.
  private mutating func collectLTSV(_ keys: KeyTableView) -> LineFailure? {
    var index = 0
    var pairs = 0
    while index < count {
      let stop = WideScan.find(9, in: line, from: index, to: count)
      let colon = WideScan.find(UInt8(ascii: ":"), in: line, from: index, to: stop)
      if colon < stop {
        pairs += 1
        if let entry = keys.find(line + index, colon - index, in: 0) { put(entry, plain(colon + 1, stop)) }
      }
      index = stop + 1
    }
    return pairs > 0 ? nil : LineFailure(.notInFormat, at: 0)
  }

  /// An unquoted value; `\xHH` in it still is an escape.
  private func plain(_ start: Int, _ end: Int) -> JSONValue {
    var value = JSONValue(.string, start, end)
    value.hasEscapes = WideScan.find(UInt8(ascii: "\\"), in: line, from: start, to: end) < end
    for index in start..<end where line[index] >= 0x80 { value.hasHighBytes = true }
    return value
  }

  /// Time, level, logger and message before the object, between tabs.
  private mutating func collectConsole(_ keys: KeyTableView) -> LineFailure? {
    let stamp = WideScan.find(9, in: line, from: 0, to: count)
    var brace = stamp
    while brace < count {
      if line[brace] == 9, brace + 1 < count, line[brace + 1] == UInt8(ascii: "{") { break }
      brace += 1
    }
    guard stamp < count else { return LineFailure(.notInFormat, at: 0) }
    guard brace < count else { return LineFailure(.notARequest, at: 0) }
    let failure = collectJSON(keys, from: brace + 1)
    present |= 1 << UInt64(LogField.time.rawValue)
    fields[Int(LogField.time.rawValue)] = FieldValue(
      start: 0, end: Int32(truncatingIfNeeded: stamp), kind: .string)
    return failure
  }
}
