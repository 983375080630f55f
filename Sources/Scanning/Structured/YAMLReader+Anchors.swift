extension YAMLReader {
  /// Reads `&name` where there is one, and the blanks after it.
  mutating func anchorName() throws(StructuredTextError) -> String? {
    guard cursor.take("&") else { return nil }
    let name = try name(after: "&")
    cursor.skipBlanks()
    if cursor.next == "*" || cursor.next == "&" {
      throw cursor.unexpected(expected: "the value of the anchor '\(name)'")
    }
    return name
  }

  /// Remembers the value of an anchor; a later anchor of the same name takes its place.
  mutating func keep(_ node: ConfigurationNode, as anchor: String?) -> ConfigurationNode {
    if let anchor { anchors[anchor] = Anchor(node: node, extent: node.extent) }
    return node
  }

  /// Reads `*name`.
  mutating func alias() throws(StructuredTextError) -> ConfigurationNode {
    let start = cursor.position
    cursor.position += 1
    let name = try name(after: "*")
    guard let anchor = anchors[name] else {
      let nearest = NearestWord.nearest(to: name, among: anchors.keys.sorted())
      throw StructuredTextError(.unknownAnchor(name, nearest: nearest), at: cursor.place(at: start))
    }
    guard depth + anchor.extent.depth <= StructuredLimits.depth else { throw tooDeep(at: start) }
    try charge(anchor.extent.nodes, at: start)
    return anchor.node
  }

  private mutating func charge(_ nodes: Int, at index: Int) throws(StructuredTextError) {
    expandedNodes += nodes
    guard expandedNodes <= StructuredLimits.expandedNodes else {
      throw cursor.unsupported(
        "aliases that stand for more than \(StructuredLimits.expandedNodes) values",
        instead: "the values themselves", at: index)
    }
  }

  private mutating func name(after sign: String) throws(StructuredTextError) -> String {
    let start = cursor.position
    while !Self.isSpace(cursor.next), !Self.isFlowIndicator(cursor.next) { cursor.position += 1 }
    // YAML allows nearly anything, so that `&a:` is the anchor "a:"; libraries disagree about it.
    if let odd = (start..<cursor.position).first(where: { !Self.isNamePart(cursor.scalars[$0]) }) {
      throw cursor.unexpected(at: odd, expected: "a name of letters, digits, '_', '-' and '.' after '\(sign)'")
    }
    guard cursor.position > start else { throw cursor.unexpected(expected: "a name after '\(sign)'") }
    return cursor.text(from: start, to: cursor.position)
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || ["_", "-", "."].contains(scalar)
  }

  /// Entries that a merge key brings: of one mapping, or of several, where the first that has a key wins. They yield to
  /// the keys beside the merge key.
  /// - Source: yaml.org/type/merge.html
  func mergedEntries(_ value: ConfigurationNode, at index: Int) throws(StructuredTextError) -> [ConfigurationNode
    .Entry]
  {
    switch value.value {
    case .mapping(let entries): return entries
    case .list(let elements):
      var draft = MappingDraft()
      for element in elements {
        guard case .mapping(let entries) = element.value else { break }
        for entry in entries where !draft.has(entry.key) {
          try draft.claim(entry.key, at: entry.keyPlace)
          draft.append(entry.key, at: entry.keyPlace, entry.value)
        }
      }
      if elements.allSatisfy({ $0.isMapping }) { return draft.entries }
    case .scalar: break
    }
    throw cursor.syntax(
      "a merge key without settings", expected: "an alias of settings, or a list of such aliases", at: index)
  }
}

extension ConfigurationNode {
  var isMapping: Bool {
    if case .mapping = value { true } else { false }
  }
}
