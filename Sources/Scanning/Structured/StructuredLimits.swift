/// Bounds of what a structured text may hold; beyond them reading ends in an error.
enum StructuredLimits {
  /// Collections inside each other.
  static let depth = 100
  /// Values that aliases and merge keys may add: a file of a few lines can stand for billions ("billion laughs").
  static let expandedNodes = 100_000
}

extension ConfigurationNode {
  /// A value that was not written: null.
  static func empty(at place: TextPlace) -> ConfigurationNode {
    ConfigurationNode(.scalar(Scalar("", isQuoted: false)), at: place)
  }

  static func scalar(_ text: String, isQuoted: Bool, at place: TextPlace) -> ConfigurationNode {
    ConfigurationNode(.scalar(Scalar(text, isQuoted: isQuoted)), at: place)
  }

  /// Values in all, this one included, and collections inside each other, 0 for a scalar.
  var extent: (nodes: Int, depth: Int) {
    switch value {
    case .scalar: (1, 0)
    case .list(let elements): Self.extent(of: elements)
    case .mapping(let entries): Self.extent(of: entries.map(\.value))
    }
  }

  private static func extent(of nodes: [ConfigurationNode]) -> (nodes: Int, depth: Int) {
    var (count, depth) = (1, 0)
    for node in nodes {
      let inner = node.extent
      count += inner.nodes
      depth = max(depth, inner.depth)
    }
    return (count, depth + 1)
  }
}

/// The entries of one mapping while it is read, each key once.
struct MappingDraft {
  private(set) var entries: [ConfigurationNode.Entry] = []
  private var places: [String: TextPlace] = [:]

  func has(_ key: String) -> Bool { places[key] != nil }

  /// - Throws: `.repeatedKey`.
  mutating func claim(_ key: String, at place: TextPlace) throws(StructuredTextError) {
    if let first = places[key] { throw StructuredTextError(.repeatedKey(key, first: first), at: place) }
    places[key] = place
  }

  /// Adds an entry whose key was claimed.
  mutating func append(_ key: String, at place: TextPlace, _ value: ConfigurationNode) {
    entries.append(ConfigurationNode.Entry(key: key, keyPlace: place, value: value))
  }
}
