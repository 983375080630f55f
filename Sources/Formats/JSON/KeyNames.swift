/// The names of a key as the synonyms have them, worked out once for the many comparisons.
struct KeyNames {
  /// All names of the path together.
  let whole: String
  /// The last name as a duration's, without the unit it may end in.
  let withoutUnit: String
  /// `Content-Length` and the like of the answer's headers say nothing about the request.
  let isAnswerHeader: Bool
  private let lastTwo: String
  private let lastOne: String

  /// - Parameter path: names from the outermost object in, at least one.
  init(_ path: [String]) {
    let plain = path.map(FieldSynonyms.normalised)
    whole = plain.joined()
    lastTwo = plain.suffix(2).joined()
    lastOne = plain[plain.count - 1]
    withoutUnit = UnitInference.withoutUnit(path[path.count - 1])
    isAnswerHeader = plain.dropLast().contains {
      $0.hasSuffix("headers") && ($0.hasPrefix("resp") || $0.hasPrefix("out"))
    }
  }

  /// The last names together: 1, 2 or all.
  func last(_ count: Int) -> String {
    switch count {
    case 1: lastOne
    case 2: lastTwo
    default: whole
    }
  }
}
