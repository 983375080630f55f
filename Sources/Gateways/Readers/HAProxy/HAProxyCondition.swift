import Scanning

/// One claim of a condition.
enum HAProxyClaim: Hashable, Sendable {
  /// About something that the log has.
  case request(RequestMatch.Condition)
  /// More than `threshold` in a stick table; nil where it is compared in another way.
  case counter(HAProxyFetch.Lookup, threshold: Int64?, text: String)
  /// About something that the log does not have; negated it reads as an exemption.
  case unknown(String, isNegated: Bool)
  case constant(Bool)

  var negated: HAProxyClaim {
    switch self {
    case .request(var condition):
      condition.isNegated.toggle()
      return .request(condition)
    case .counter(let lookup, _, let text): return .counter(lookup, threshold: nil, text: "!" + text)
    case .unknown(let text, let isNegated): return .unknown(text, isNegated: !isNegated)
    case .constant(let value): return .constant(!value)
    }
  }
}

/// A condition as alternatives of claims that must all hold: `a b or !c` is [[a, b], [not c]].
struct HAProxyCondition: Hashable, Sendable {
  /// Alternatives multiply when conditions are negated or combined.
  static let most = 64

  var terms: [[HAProxyClaim]]

  static let always = HAProxyCondition(terms: [[]])

  func and(_ other: HAProxyCondition, at place: ConfigurationPlace) throws(ConfigurationError)
    -> HAProxyCondition
  {
    guard terms.count * other.terms.count <= Self.most else {
      throw ConfigurationError(
        .unsupported(feature: "a condition of more than \(Self.most) alternatives", instead: "several rules"),
        at: place)
    }
    return HAProxyCondition(terms: terms.flatMap { term in other.terms.map { term + $0 } }).simple
  }

  /// No alternative holds: of each, one claim fails.
  func negated(at place: ConfigurationPlace) throws(ConfigurationError) -> HAProxyCondition {
    var result = Self.always
    for term in terms {
      result = try result.and(HAProxyCondition(terms: term.map { [$0.negated] }), at: place)
    }
    return result
  }

  private var simple: HAProxyCondition {
    let possible = terms.filter { !$0.contains(.constant(false)) }
    return HAProxyCondition(terms: possible.map { $0.filter { $0 != .constant(true) } })
  }
}

/// Reads conditions with the ACLs of one section.
struct HAProxyConditionReader {
  /// Named ACLs: several lines of one name are alternatives.
  private(set) var lists: [String: HAProxyCondition] = [:]

  /// `acl name fetch [flags] [operator] values`
  mutating func declare(_ line: HAProxyLine) throws(ConfigurationError) {
    guard line.words.count >= 3 else {
      throw ConfigurationError(
        .syntax(found: line.summary, expected: "acl name criterion values"), at: line.place)
    }
    let claim = try HAProxyCriterion.claim(line.words[2...])
    lists[line.words[1].text, default: HAProxyCondition(terms: [])].terms.append([claim])
  }

  /// What stands behind `if` or `unless`, with that word.
  func condition(_ words: ArraySlice<HAProxyWord>) throws(ConfigurationError) -> HAProxyCondition {
    guard let keyword = words.first else { return .always }
    guard words.count > 1 else {
      throw ConfigurationError(
        .syntax(found: "'\(keyword.text)' at the end", expected: "a condition"), at: keyword.place)
    }
    var (alternatives, current): ([HAProxyCondition], HAProxyCondition) = ([], .always)
    var rest = words.dropFirst()
    while let word = rest.first {
      if ["or", "OR", "||"].contains(word.text) {
        alternatives.append(current)
        current = .always
        rest = rest.dropFirst()
        continue
      }
      current = try current.and(try literal(&rest), at: word.place)
    }
    let all = HAProxyCondition(terms: (alternatives + [current]).flatMap(\.terms))
    return keyword.text == "unless" ? try all.negated(at: keyword.place) : all
  }

  /// `name`, `!name`, `{ criterion }`, `! { criterion }`.
  private func literal(_ rest: inout ArraySlice<HAProxyWord>) throws(ConfigurationError) -> HAProxyCondition {
    var isNegated = false
    var word = rest.removeFirst()
    while word.text.hasPrefix("!") {
      isNegated.toggle()
      word.text.removeFirst()
      if word.text.isEmpty {
        guard let next = rest.popFirst() else {
          throw ConfigurationError(.syntax(found: "'!' at the end", expected: "a condition"), at: word.place)
        }
        word = next
      }
    }
    let condition = word.text == "{" ? try inline(&rest, opened: word) : try named(word)
    return isNegated ? try condition.negated(at: word.place) : condition
  }

  private func inline(
    _ rest: inout ArraySlice<HAProxyWord>, opened: HAProxyWord
  ) throws(ConfigurationError) -> HAProxyCondition {
    guard let end = rest.firstIndex(where: { $0.text == "}" }), end > rest.startIndex else {
      throw ConfigurationError(
        .syntax(found: "'{' without '}'", expected: "{ criterion values }"), at: opened.place)
    }
    let claim = try HAProxyCriterion.claim(rest[..<end])
    rest = rest[(end + 1)...]
    return HAProxyCondition(terms: [[claim]])
  }

  private func named(_ word: HAProxyWord) throws(ConfigurationError) -> HAProxyCondition {
    if let known = lists[word.text] { return known }
    switch word.text {
    case "TRUE", "HTTP": return HAProxyCondition(terms: [[.constant(true)]])
    case "FALSE": return HAProxyCondition(terms: [[.constant(false)]])
    case "LOCALHOST": return HAProxyCondition(terms: [[.request(.init(.client, [.prefix("127.")]))]])
    case _ where word.text.hasPrefix("METH_"):
      let method = String(word.text.dropFirst(5))
      let also = method == "GET" ? [NamePattern.exact("HEAD")] : []
      return HAProxyCondition(terms: [[.request(.init(.method, [.exact(method)] + also))]])
    case "HTTP_1.0", "HTTP_1.1", "HTTP_2.0", "HTTP_CONTENT", "HTTP_URL_ABS", "HTTP_URL_SLASH",
      "HTTP_URL_STAR",
      "RDP_COOKIE", "REQ_CONTENT", "WAIT_END":
      return HAProxyCondition(terms: [[.unknown(word.text, isNegated: false)]])
    default:
      throw ConfigurationError(
        .unknownReference(
          word.text, kind: "acl",
          nearest: NearestWord.nearest(to: String(word.text.prefix(64)), among: lists.keys.sorted())),
        at: word.place)
    }
  }
}
