/// Reads rules: matchers joined by `&&` and `||`, negated by `!`, grouped by parentheses.
struct TraefikRuleParser {
  private let characters: [Character]
  private var position = 0
  private let place: ConfigurationPlace
  private var matchers = 0
  private static let deepest = 32
  /// A longer rule would be evaluated too deep in the stack.
  private static let mostMatchers = 256

  init(_ text: String, at place: ConfigurationPlace) {
    characters = Array(text)
    self.place = place
  }

  mutating func expression() throws(ConfigurationError) -> TraefikExpression {
    let result = try alternatives(depth: 0)
    skipSpace()
    guard position == characters.count else { throw syntax("&&, || or the end of the rule") }
    return result
  }

  private mutating func alternatives(depth: Int) throws(ConfigurationError) -> TraefikExpression {
    var result = try conjunction(depth: depth)
    while take("||") { result = .or(result, try conjunction(depth: depth)) }
    return result
  }

  private mutating func conjunction(depth: Int) throws(ConfigurationError) -> TraefikExpression {
    var result = try factor(depth: depth)
    while take("&&") { result = .and(result, try factor(depth: depth)) }
    return result
  }

  private mutating func factor(depth: Int) throws(ConfigurationError) -> TraefikExpression {
    guard depth < Self.deepest else {
      throw syntax("a rule with at most \(Self.deepest) parentheses inside each other")
    }
    if take("!") { return .not(try factor(depth: depth + 1)) }
    if take("(") {
      let inner = try alternatives(depth: depth + 1)
      guard take(")") else { throw syntax(")") }
      return inner
    }
    return try matcher()
  }

  private mutating func matcher() throws(ConfigurationError) -> TraefikExpression {
    skipSpace()
    let start = position
    while position < characters.count, characters[position].isLetter || characters[position].isNumber {
      position += 1
    }
    guard position > start else { throw syntax("a matcher such as Host or PathPrefix") }
    matchers += 1
    guard matchers <= Self.mostMatchers else {
      throw syntax("a rule of at most \(Self.mostMatchers) matchers")
    }
    let name = String(characters[start..<position])
    guard take("(") else { throw syntax("( after \(name)") }
    var values: [String] = []
    if take(")") { return .matcher(name, values) }
    repeat { values.append(try quoted()) } while take(",")
    guard take(")") else { throw syntax(", or )") }
    return .matcher(name, values)
  }

  private mutating func quoted() throws(ConfigurationError) -> String {
    skipSpace()
    guard position < characters.count, "`\"'".contains(characters[position]) else {
      throw syntax("a value in backticks")
    }
    let quote = characters[position]
    guard let end = characters[(position + 1)...].firstIndex(of: quote) else {
      throw syntax("a closing \(quote)")
    }
    let value = String(characters[(position + 1)..<end])
    position = end + 1
    return value
  }

  private mutating func take(_ word: String) -> Bool {
    skipSpace()
    guard characters[position...].starts(with: word) else { return false }
    position += word.count
    return true
  }

  private mutating func skipSpace() {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
  }

  private func syntax(_ expected: String) -> ConfigurationError {
    let found =
      position < characters.count ? String(characters[position...].prefix(20)) : "the end of the rule"
    return ConfigurationError(.syntax(found: found, expected: expected), at: place)
  }
}
