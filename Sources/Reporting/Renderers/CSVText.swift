public import Traffic

/// Fields and lines of RFC 4180.
public enum CSVText {
  /// A text field: control characters visible, a leading formula sign disarmed by an apostrophe, quoted where needed.
  ///
  /// - Source: RFC 4180 §2; OWASP *CSV Injection* for the signs (`=`, `+`, `-`, `@`, and their full-width twins,
  ///   which spreadsheets of East Asian locales obey).
  public static func field(_ text: String) -> String {
    var safe = VisibleText.of(text)
    // By scalar: a combining mark after the sign would hide it from a comparison of characters.
    if let first = safe.unicodeScalars.first(where: { $0 != " " }), formulaSigns.contains(first) { safe = "'" + safe }
    guard safe.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == ";" }) else { return safe }
    var quoted = "\""
    for scalar in safe.unicodeScalars {
      if scalar == "\"" { quoted += "\"\"" } else { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + "\""
  }

  private static let formulaSigns: Set<Unicode.Scalar> = ["=", "+", "-", "@", "|", "＝", "＋", "－", "＠"]

  public static func header(_ columns: [Column]) -> String {
    columns.flatMap(names).map(field).joined(separator: ",") + "\r\n"
  }

  public static func line(_ columns: [Column], _ row: [Cell]) -> String {
    zip(columns, row).flatMap(values).joined(separator: ",") + "\r\n"
  }

  /// A ratio takes three columns: the ratio, its numerator, its denominator.
  private static func names(_ column: Column) -> [String] {
    guard column.kind == .ratio else { return [column.machineKey] }
    return [column.machineKey, column.key + "_part", column.key + "_of"]
  }

  private static func values(_ column: Column, _ cell: Cell) -> [String] {
    switch cell {
    case .text(let text): [field(text)]
    case .series(let counts): [counts.map(String.init).joined(separator: " ")]
    case .spread, .tooFew, .absent: Array(repeating: "", count: names(column).count)
    case .timestamp(let time): [TimeText.iso(time)]
    case .integer, .real, .duration, .ratio, .rate, .bytes, .flag:
      JSONText.members(column.key, column.kind, cell).map { $0.value == "null" ? "" : $0.value }
    }
  }
}
