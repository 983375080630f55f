/// Keys of one table, in order, each once.
struct MappingIndex {
  private(set) var entries: [(key: TOMLReader.Key, value: Int)] = []
  private var positions: [String: Int] = [:]

  subscript(key: String) -> (key: TOMLReader.Key, value: Int)? { positions[key].map { entries[$0] } }

  mutating func append(_ key: TOMLReader.Key, _ value: Int) {
    positions[key.text] = entries.count
    entries.append((key, value))
  }
}

/// The values of a TOML text by number, while tables may still grow: a table is written in several places.
struct TOMLTree {
  /// How a table came about, which decides who may add to it.
  enum Origin {
    /// `[a]`
    case header
    /// `[a.b]` made `a`
    case implied
    /// `a.b = 1` made `a`
    case dotted
    /// `{…}` while it is read
    case inline
    /// `{…}` once it is read
    case closed
  }

  enum Content {
    case scalar(ConfigurationNode.Scalar)
    case list([Int])
    /// `[[a]]`, by table
    case tables([Int])
    case table(Origin, MappingIndex)
  }

  private struct Value {
    var content: Content
    var place: TextPlace
    var depth: Int
  }

  static let root = 0
  private var values = [
    Value(content: .table(.header, MappingIndex()), place: TextPlace(line: 1, column: 1), depth: 0)
  ]

  func depth(of number: Int) -> Int { values[number].depth }

  mutating func create(_ content: Content, at place: TextPlace, depth: Int) -> Int {
    values.append(Value(content: content, place: place, depth: depth))
    return values.count - 1
  }

  mutating func close(_ table: Int) {
    guard case .table(_, let keys) = values[table].content else { return }
    values[table].content = .table(.closed, keys)
  }

  // MARK: Headers

  /// The table of `[path]`, which may not have been written before.
  mutating func openTable(_ path: [TOMLReader.Key]) throws(StructuredTextError) -> Int {
    let parent = try headerParent(of: path)
    let last = path[path.count - 1]
    guard let known = child(last.text, of: parent) else { return try addTable(.header, to: parent, as: last) }
    guard case .table(.implied, let keys) = values[known.value].content else { throw repeated(last, known.key) }
    values[known.value].content = .table(.header, keys)
    return known.value
  }

  /// A new table of the list `[[path]]`.
  mutating func appendTable(_ path: [TOMLReader.Key]) throws(StructuredTextError) -> Int {
    let parent = try headerParent(of: path)
    let last = path[path.count - 1]
    let depth = values[parent].depth + 2
    try checkDepth(depth, at: last.place)
    let table = create(.table(.header, MappingIndex()), at: last.place, depth: depth)
    guard let known = child(last.text, of: parent) else {
      try add(create(.tables([table]), at: last.place, depth: depth - 1), to: parent, as: last)
      return table
    }
    guard case .tables(var tables) = values[known.value].content else { throw repeated(last, known.key) }
    // Taken out first, so that a long list is not copied for each of its tables.
    values[known.value].content = .list([])
    tables.append(table)
    values[known.value].content = .tables(tables)
    return table
  }

  private mutating func headerParent(of path: [TOMLReader.Key]) throws(StructuredTextError) -> Int {
    var table = Self.root
    for key in path.dropLast() {
      guard let known = child(key.text, of: table) else {
        table = try addTable(.implied, to: table, as: key)
        continue
      }
      switch values[known.value].content {
      case .tables(let tables): table = tables[tables.count - 1]
      case .table(.header, _), .table(.implied, _), .table(.dotted, _): table = known.value
      default: throw repeated(key, known.key)
      }
    }
    return table
  }

  // MARK: Keys

  /// The table that the last part of a dotted key goes into.
  mutating func dottedParent(of path: [TOMLReader.Key], in start: Int) throws(StructuredTextError) -> Int {
    var table = start
    for key in path.dropLast() {
      guard let known = child(key.text, of: table) else {
        table = try addTable(.dotted, to: table, as: key)
        continue
      }
      guard case .table(.dotted, _) = values[known.value].content else { throw repeated(key, known.key) }
      table = known.value
    }
    let last = path[path.count - 1]
    if let known = child(last.text, of: table) { throw repeated(last, known.key) }
    return table
  }

  mutating func add(_ value: Int, to table: Int, as key: TOMLReader.Key) throws(StructuredTextError) {
    guard case .table(let origin, var keys) = values[table].content else { return }
    if let known = keys[key.text] { throw repeated(key, known.key) }
    // Taken out first, so that the keys are not copied.
    values[table].content = .list([])
    keys.append(key, value)
    values[table].content = .table(origin, keys)
  }

  private mutating func addTable(_ origin: Origin, to parent: Int, as key: TOMLReader.Key)
    throws(StructuredTextError) -> Int
  {
    let depth = values[parent].depth + 1
    try checkDepth(depth, at: key.place)
    let table = create(.table(origin, MappingIndex()), at: key.place, depth: depth)
    try add(table, to: parent, as: key)
    return table
  }

  private func checkDepth(_ depth: Int, at place: TextPlace) throws(StructuredTextError) {
    guard depth > StructuredLimits.depth else { return }
    throw StructuredTextError(
      .unsupported(feature: "nesting deeper than \(StructuredLimits.depth)", instead: "a flatter structure"),
      at: place)
  }

  private func child(_ key: String, of table: Int) -> (key: TOMLReader.Key, value: Int)? {
    guard case .table(_, let keys) = values[table].content else { return nil }
    return keys[key]
  }

  private func repeated(_ key: TOMLReader.Key, _ first: TOMLReader.Key) -> StructuredTextError {
    StructuredTextError(.repeatedKey(key.text, first: first.place), at: key.place)
  }

  // MARK: Result

  func node(_ number: Int) -> ConfigurationNode {
    let value = values[number]
    let content: ConfigurationNode.Value =
      switch value.content {
      case .scalar(let scalar): .scalar(scalar)
      case .list(let elements), .tables(let elements): .list(elements.map(node))
      case .table(_, let keys):
        .mapping(keys.entries.map { .init(key: $0.key.text, keyPlace: $0.key.place, value: node($0.value)) })
      }
    return ConfigurationNode(content, at: value.place)
  }
}
