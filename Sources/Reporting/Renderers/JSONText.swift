public import Traffic

/// JSON values as text, without a library: keys stay in order and numbers are written exactly.
public enum JSONText {
  /// A quoted string. Besides what JSON demands, everything that would act on a terminal is escaped: still the same
  /// string to a reader, harmless to a viewer.
  public static func string(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "<": quoted += "\\u003c"  // a JSON text inside HTML cannot end its script element
      case _ where VisibleText.acts(scalar): quoted += escaped(scalar)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// A number as JSON and CSV have it; `null` for what is none.
  public static func number(_ value: Double) -> String { value.isFinite ? DecimalText.number(value) : "null" }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    UTF16.encode(scalar)?.map { "\\u" + VisibleText.hexadecimal(UInt32($0), 4) }.joined() ?? ""
  }

  /// Key and value pairs of a cell: a ratio brings its numerator and denominator along.
  static func members(_ key: String, _ kind: Column.Kind, _ cell: Cell) -> [(key: String, value: String)] {
    let name = Column.machineKey(key, kind)
    switch cell {
    case .text(let text): return [(name, string(text))]
    case .integer(let value), .bytes(let value): return [(name, String(value))]
    case .real(let value): return [(name, number(value))]
    case .duration(let length): return [(name, length.count == .absent ? "null" : String(length.count))]
    case .timestamp(let time): return [(name, string(TimeText.iso(time)))]
    case .flag(let value): return [(name, value ? "true" : "false")]
    case .ratio(let part, let whole):
      let ratio = whole > 0 ? DecimalText.number(Double(part) / Double(whole)) : "null"
      return [(name, ratio), (key + "_part", String(part)), (key + "_of", String(whole))]
    case .rate(let count, let length):
      return [(name, length.count > 0 ? DecimalText.number(Double(count) * 1e6 / Double(length.count)) : "null")]
    case .series(let counts): return [(name, "[" + counts.map(String.init).joined(separator: ",") + "]")]
    case .spread(let lengths):
      return [(name, "[" + lengths.map { $0.map { String($0.count) } ?? "null" }.joined(separator: ",") + "]")]
    case .tooFew, .absent: return [(name, "null")]
    }
  }

  /// One row as an object with sorted keys; percentiles withheld for few samples are listed by name.
  public static func object(_ columns: [Column], _ row: [Cell]) -> String {
    var members: [(key: String, value: String)] = []
    var withheld: [String] = []
    for (column, cell) in zip(columns, row) {
      members += self.members(column.key, column.kind, cell)
      if case .tooFew = cell { withheld.append(column.machineKey) }
    }
    if !withheld.isEmpty {
      members.append(("too_few_samples", "[" + withheld.sorted().map(string).joined(separator: ",") + "]"))
    }
    return object(members)
  }

  static func object(_ members: [(key: String, value: String)]) -> String {
    "{" + members.sorted { $0.key < $1.key }.map { string($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
  }
}
