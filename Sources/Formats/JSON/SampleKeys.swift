import Scanning
import Traffic

/// What the keys of the first lines of a file hold; the mapper decides by it.
struct SampleKeys {
  struct Key {
    /// Names from the outermost object in.
    var path: [String]
    /// Decoded values in the order of the lines; absent ones are left out.
    var values: [String] = []
    /// A value had an escape that only Apache and its kin write (`\xc3` in lower case).
    var hasApacheEscapes = false
  }

  private(set) var keys: [Key] = []
  private(set) var lines = 0
  private var index: [[String]: Int] = [:]

  init(_ sample: [UnsafeBufferPointer<UInt8>], syntax: KeyedSyntax) {
    for line in sample {
      guard let base = line.baseAddress, line.count > 0 else { continue }
      lines += 1
      switch syntax {
      case .ltsv: addPairs(base, line.count, .tabs)
      case .logfmt where base[0] != UInt8(ascii: "{"): addPairs(base, line.count, .blanks)
      case .json, .console, .logfmt:
        var scanner = JSONScanner(base, 0, line.count)
        guard scanner.enterObject() else { continue }
        addObject(&scanner, base, path: [])
      }
    }
  }

  /// The lines are spans of traces, which have times and durations as requests do: OTLP, Jaeger, Zipkin,
  /// X-Ray.
  var areSpans: Bool {
    let names = Set(keys.map { $0.path[0] })
    if !names.isDisjoint(with: ["resourceSpans", "scopeSpans", "localEndpoint", "batches"]) { return true }
    if names.isSuperset(of: ["spans", "processes"]) || names.isSuperset(of: ["traceId", "id", "kind"]) {
      return true
    }
    return names.isSuperset(of: ["trace_id", "id", "start_time"])
      && (names.contains("end_time") || names.contains("in_progress"))
  }

  private mutating func addPairs(
    _ line: UnsafePointer<UInt8>, _ count: Int, _ separator: KeyValuePairs.Separator
  ) {
    var pairs = KeyValuePairs(line, count, separator)
    while pairs.next() { add([Self.text(line, pairs.keyStart, pairs.keyEnd)], pairs.value, line) }
  }

  private mutating func addObject(_ scanner: inout JSONScanner, _ line: UnsafePointer<UInt8>, path: [String])
  {
    while scanner.nextKey() == .key {
      let keyPath = path + [Self.text(line, scanner.keyStart, scanner.keyEnd)]
      guard scanner.readValue() else { return }
      if scanner.value.kind == .object {
        if keyPath.count < KeyTable.depthLimit {
          _ = scanner.enterObject()
          addObject(&scanner, line, path: keyPath)
        } else {
          guard scanner.skipObject() else { return }
        }
      } else {
        add(keyPath, scanner.value, line)
      }
    }
  }

  private mutating func add(_ path: [String], _ value: JSONValue, _ line: UnsafePointer<UInt8>) {
    guard keys.count < 1000 else { return }
    let place = index[path] ?? keys.count
    if place == keys.count {
      index[path] = place
      keys.append(Key(path: path))
    }
    var value = value
    if value.kind == .array {
      var scanner = JSONScanner(line, value.start + 1, value.end)
      guard scanner.readValue() else { return }
      value = scanner.value
    }
    guard value.kind == .string || value.kind == .bare else { return }
    let text = decoded(value, line, place)
    if !text.isEmpty, text != "-" { keys[place].values.append(text) }
  }

  private mutating func decoded(_ value: JSONValue, _ line: UnsafePointer<UInt8>, _ place: Int) -> String {
    guard value.hasEscapes else { return Self.text(line, value.start, value.end) }
    let count = value.end - value.start
    for index in value.start..<max(value.start, value.end - 3)
    where line[index] == UInt8(ascii: "\\") && line[index + 1] == UInt8(ascii: "x")
      && (line[index + 2] >= 97 || line[index + 3] >= 97)
    {
      keys[place].hasApacheEscapes = true
    }
    return String(unsafeUninitializedCapacity: JSONText.room(for: count)) { output in
      var oddities: JSONText.Oddities = []
      return JSONText.decode(line, value.start, value.end, into: output.baseAddress!, oddities: &oddities)
    }
  }

  private static func text(_ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: line + start, count: end - start), as: UTF8.self)
  }
}
