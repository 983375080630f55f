import Scanning
import Traffic

extension FieldMapping {
  /// Reads a mapping file.
  ///
  ///     { "arrival": {"key": "ts", "unit": "s"}, "duration": {"key": "times.total", "unit": "ms"},
  ///       "status": "code", "basis": "end", "year": 2026 }
  ///
  /// Keys inside objects are joined by dots. `arrival` is read by `basis` (`start` unless said); `end` is
  /// always the end.
  /// - Throws: `FieldMappingError` that names the bad key.
  public init(jsonText: String) throws(FieldMappingError) {
    self.init(basis: .start)
    let bytes = Array(jsonText.utf8) + [0]
    let result: Result<[KeyRule], FieldMappingError> = bytes.withUnsafeBufferPointer { buffer in
      // Safe: one byte was appended, so there is a base address.
      var reader = MappingReader(buffer.baseAddress!, buffer.count - 1)
      let result = Result { () throws(FieldMappingError) in try reader.read() }
      basis = reader.basis
      year = reader.year
      return result
    }
    rules = try result.get()
    guard rules.contains(where: { $0.field == .time || $0.field == .endTime }) else {
      throw FieldMappingError(.noTime)
    }
  }
}

/// Takes a mapping file apart.
private struct MappingReader {
  private let bytes: UnsafePointer<UInt8>
  private var scanner: JSONScanner
  var basis = StampBasis.start
  var year: Int?

  init(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    self.bytes = bytes
    scanner = JSONScanner(bytes, 0, count)
  }

  mutating func read() throws(FieldMappingError) -> [KeyRule] {
    guard scanner.enterObject() else { throw FieldMappingError(.notJSON(offset: scanner.position)) }
    var rules: [KeyRule] = []
    while true {
      switch scanner.nextKey() {
      case .objectEnd: return rules
      case .broken: throw FieldMappingError(.notJSON(offset: scanner.position))
      case .key: rules += try readField(text(scanner.keyStart, scanner.keyEnd))
      }
    }
  }

  private mutating func readField(_ name: String) throws(FieldMappingError) -> [KeyRule] {
    try readValue()
    if name == "basis" {
      let word = text(scanner.value.start, scanner.value.end)
      guard word == "start" || word == "end" else { throw FieldMappingError(.unknownBasis(word)) }
      basis = word == "end" ? .end : .start
      return []
    }
    if name == "year" {
      year = Int(text(scanner.value.start, scanner.value.end)) ?? year
      return []
    }
    guard let field = FieldMapping.fieldNames.first(where: { $0.name == name })?.field else {
      throw FieldMappingError(.unknownField(name))
    }
    if scanner.value.kind == .string {
      return Self.rules(text(scanner.value.start, scanner.value.end), field, .automatic)
    }
    guard scanner.value.kind == .object, scanner.enterObject() else {
      throw FieldMappingError(.missingKey(field: name))
    }
    return try readEntry(name, field)
  }

  private mutating func readEntry(_ name: String, _ field: LogField) throws(FieldMappingError) -> [KeyRule] {
    var key = ""
    var unit = FieldUnit.automatic
    while true {
      switch scanner.nextKey() {
      case .objectEnd:
        guard !key.isEmpty else { throw FieldMappingError(.missingKey(field: name)) }
        return Self.rules(key, field, unit)
      case .broken: throw FieldMappingError(.notJSON(offset: scanner.position))
      case .key: break
      }
      let member = text(scanner.keyStart, scanner.keyEnd)
      try readValue()
      let value = text(scanner.value.start, scanner.value.end)
      if scanner.value.kind == .object { guard scanner.skipObject() else { continue } }
      if member == "key" { key = value }
      guard member == "unit" else { continue }
      guard let known = FieldMapping.unitNames.first(where: { $0.name == value }) else {
        throw FieldMappingError(.unknownUnit(field: name, unit: value))
      }
      unit = known.unit
    }
  }

  private mutating func readValue() throws(FieldMappingError) {
    guard scanner.readValue() else { throw FieldMappingError(.notJSON(offset: scanner.position)) }
  }

  private func text(_ start: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: bytes + start, count: end - start), as: UTF8.self)
  }

  /// A dot may stand for an object or be part of a name: both are looked for, every way to cut.
  private static func rules(_ key: String, _ field: LogField, _ unit: FieldUnit) -> [KeyRule] {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, parts.count <= 5 else { return [KeyRule(path: [key], field, unit)] }
    return (0..<(1 << (parts.count - 1))).map { cuts in
      var path = [parts[0]]
      for index in 1..<parts.count {
        if cuts >> (index - 1) & 1 == 1 {
          path.append(parts[index])
        } else {
          path[path.count - 1] += "." + parts[index]
        }
      }
      return KeyRule(path: path, field, unit)
    }
  }
}
