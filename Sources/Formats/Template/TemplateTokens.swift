/// Tokens of a format string in the order a reader finds them: literal bytes in a row become one token.
struct TemplateTokens {
  /// Those that are complete: all but the literal at the end.
  private(set) var complete: [TemplateToken] = []
  /// Bytes behind the last field.
  private(set) var literal: [UInt8] = []

  var isEmpty: Bool { complete.isEmpty && literal.isEmpty }

  mutating func append(_ byte: UInt8) { literal.append(byte) }

  mutating func append(_ bytes: some Sequence<UInt8>) { literal += bytes }

  mutating func append(_ field: TemplateField) {
    endLiteral()
    complete.append(.field(field))
  }

  /// Puts a field in the place of the last one and of what stands behind it.
  mutating func replaceLast(by field: TemplateField) {
    literal = []
    complete[complete.count - 1] = .field(field)
  }

  /// The last field, where no literal stands behind it unless it is this one.
  func last(followedBy expected: [UInt8] = []) -> TemplateField? {
    guard literal == expected, case .field(let field)? = complete.last else { return nil }
    return field
  }

  /// All tokens.
  func finished() -> [TemplateToken] {
    var copy = self
    copy.endLiteral()
    return copy.complete
  }

  private mutating func endLiteral() {
    if !literal.isEmpty { complete.append(.literal(literal)) }
    literal = []
  }
}
