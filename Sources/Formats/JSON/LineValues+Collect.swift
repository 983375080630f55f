import Scanning
import Traffic

extension LineValues {
  /// Finds the values of the wanted keys.
  @inline(__always)
  mutating func collect(_ keys: KeyTableView, _ syntax: KeyedSyntax) -> LineFailure? {
    switch syntax {
    case .json: return collectJSON(keys, from: 0)
    case .logfmt where line[0] != UInt8(ascii: "{"): return collectPairs(keys, .blanks)
    case .logfmt: return collectJSON(keys, from: 0)
    case .ltsv: return collectPairs(keys, .tabs)
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

  private mutating func collectPairs(_ keys: KeyTableView, _ separator: KeyValuePairs.Separator)
    -> LineFailure?
  {
    var pairs = KeyValuePairs(line, count, separator)
    var isEmpty = true
    while pairs.next() {
      isEmpty = false
      if let entry = keys.find(line + pairs.keyStart, pairs.keyEnd - pairs.keyStart, in: 0) {
        put(entry, pairs.value)
      }
    }
    if pairs.isBroken { return LineFailure(.endsEarly, at: count) }
    return isEmpty ? LineFailure(.notInFormat, at: 0) : nil
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
