/// A route's path and query as a list of pieces to write: literal text and variables.
///
/// A variable takes its value from the request's `first` or `second` number, in the order of the pattern.
struct PathPattern {
  struct Piece {
    let kind: Kind
    /// Index into `texts`, for `literal`.
    var text = 0
    /// Whether the value is the request's second number.
    var isSecond = false
  }

  enum Kind: UInt8 {
    case literal, integer, uuid, hash, date, word, words, probe
  }

  private(set) var pieces: [Piece] = []
  /// The domains of the route's variables, at most two.
  private(set) var variables: [Variable] = []

  init(_ pattern: String, texts: inout ByteTable) {
    var rest = pattern[...]
    while let open = rest.firstIndex(of: "{") {
      let close = rest[open...].firstIndex(of: "}") ?? rest.endIndex
      precondition(close < rest.endIndex, "a pattern closes its braces")
      addLiteral(rest[..<open], &texts)
      addVariable(String(rest[rest.index(after: open)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    addLiteral(rest, &texts)
    precondition(variables.count <= 2, "a request carries two numbers")
  }

  private mutating func addLiteral(_ text: Substring, _ texts: inout ByteTable) {
    guard !text.isEmpty else { return }
    pieces.append(Piece(kind: .literal, text: texts.append(String(text))))
  }

  private mutating func addVariable(_ name: String) {
    guard let variable = Variable(rawValue: name) else {
      preconditionFailure("no variable is called \(name)")
    }
    pieces.append(Piece(kind: variable.kind, isSecond: !variables.isEmpty))
    variables.append(variable)
  }
}

/// What the numbers in a path are about: their domain, popularity and spelling.
enum Variable: String {
  case product, category, page, user, order, cart, date, moment, hash, word, words, probe

  var kind: PathPattern.Kind {
    switch self {
    case .product, .category, .page, .user, .moment: .integer
    case .order: .uuid
    case .cart, .hash: .hash
    case .date: .date
    case .word: .word
    case .words: .words
    case .probe: .probe
    }
  }
}
