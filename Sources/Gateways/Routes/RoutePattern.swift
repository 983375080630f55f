import Foundation

/// What a declared route matches.
public enum RoutePattern: Sendable, Hashable {
  /// This path and no other (nginx `location =`).
  case exact(String)
  /// Every path that begins so (nginx prefix locations); `beatsRegex` for `^~`.
  case prefix(String, beatsRegex: Bool)
  /// Segment by segment: literal text, `{name}` for any one segment (also inside text, as in `{id}.json`), a final
  /// `**` for any rest.
  case segments([String])
  /// A regular expression found anywhere in the path; `order` is its place in the file, earlier wins.
  case regularExpression(String, ignoresCase: Bool, order: Int)

  /// How specific a match is; the greatest wins.
  struct Rank: Comparable {
    /// 4 exact or all segments, 3 `^~` prefix, 2 regular expression, 1 prefix.
    var kind: Int
    /// Larger is more specific within a kind.
    var weight: [Int]

    static func < (a: Rank, b: Rank) -> Bool {
      a.kind == b.kind ? a.weight.lexicographicallyPrecedes(b.weight) : a.kind < b.kind
    }
  }

  func rank(of path: TemplatePath) -> Rank? {
    switch self {
    case .exact(let text):
      return path.text == text ? Rank(kind: 4, weight: [Int.max]) : nil
    case .prefix(let text, let beatsRegex):
      return path.text.hasPrefix(text) ? Rank(kind: beatsRegex ? 3 : 1, weight: [text.utf8.count]) : nil
    case .segments(let pattern):
      return Self.weights(of: pattern, matching: path.segments).map { Rank(kind: 4, weight: $0) }
    case .regularExpression(let pattern, let ignoresCase, let order):
      var options: String.CompareOptions = .regularExpression
      if ignoresCase { options.insert(.caseInsensitive) }
      return path.example.range(of: pattern, options: options) == nil ? nil : Rank(kind: 2, weight: [-order])
    }
  }

  /// Per segment 2 for a literal, 1 for a parameter, 0 for the rest; nil when the path does not match.
  private static func weights(of pattern: [String], matching segments: [Substring]) -> [Int]? {
    var weights: [Int] = []
    for (index, part) in pattern.enumerated() {
      if part == "**" { return weights + [0] }
      guard index < segments.count else { return nil }
      if part == segments[index] {
        weights.append(2)
      } else if let weight = parameterWeight(part, matching: segments[index]) {
        weights.append(weight)
      } else {
        return nil
      }
    }
    return pattern.count == segments.count ? weights : nil
  }

  /// `{id}` takes any segment; `{id}.json` one with that ending.
  private static func parameterWeight(_ part: String, matching segment: Substring) -> Int? {
    guard let open = part.firstIndex(of: "{"), let close = part.lastIndex(of: "}"), open < close else { return nil }
    let lead = part[..<open]
    let tail = part[part.index(after: close)...]
    guard segment.count >= lead.count + tail.count else { return nil }
    return segment.hasPrefix(lead) && segment.hasSuffix(tail) ? 1 : nil
  }
}
