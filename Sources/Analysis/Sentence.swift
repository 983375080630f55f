public import Traffic

/// Words with values in them: what is said is decided here, how a value looks is decided by a renderer.
///
///     let sentence: Sentence = "p99 of \(.text(route)) is \(.duration(p99)), \(.ratio(late, of: all)) are late."
public struct Sentence: Hashable, Sendable, ExpressibleByStringInterpolation {
  public enum Part: Hashable, Sendable {
    /// Our own words.
    case words(String)
    /// A number, or a text from a log.
    case value(Cell)
  }

  public var parts: [Part]

  public init(_ parts: [Part]) { self.parts = parts }
  public init(stringLiteral words: String) { parts = [.words(words)] }
  public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  /// Collects the parts of a literal.
  public struct StringInterpolation: StringInterpolationProtocol {
    var parts: [Part] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ words: String) { if !words.isEmpty { parts.append(.words(words)) } }
    public mutating func appendInterpolation(_ value: Cell) { parts.append(.value(value)) }
    /// Another sentence inside this one.
    public mutating func appendInterpolation(_ sentence: Sentence) { parts += sentence.parts }
  }

  /// The values in order.
  public var values: [Cell] {
    parts.compactMap { part in
      if case .value(let value) = part { value } else { nil }
    }
  }

  public static func + (a: Sentence, b: Sentence) -> Sentence { Sentence(a.parts + b.parts) }
}
