import Scanning

extension Settings {
  /// Refuses a key that is nearly one of those that matter, where the others are many and none of our business; unlike
  /// `ignoreAllBut`, it lists nothing.
  /// - Parameter harmless: known words of the product that look like one that matters.
  func refuseNearMisses(of words: [String], harmless: [String] = []) throws(ConfigurationError) {
    for entry in entries where !words.contains(entry.key) && !harmless.contains(entry.key) {
      guard let meant = words.first(where: { Self.isSlip(entry.key, of: $0) }) else { continue }
      throw ConfigurationError(
        .unknownWord(entry.key, kind: "field of \(name)", nearest: meant), at: place(of: entry.key))
    }
  }

  private static func isSlip(_ word: String, of meant: String) -> Bool {
    word.utf8.count <= 64 && NearestWord.distance(meant, word) <= max(1, meant.utf8.count / 5)
  }

  /// The same settings with every key turned into another spelling, such as the one the product's manual uses.
  func renamed(_ spelling: (String) -> String) throws(ConfigurationError) -> Settings {
    let renamed = entries.map {
      ConfigurationNode.Entry(key: spelling($0.key), keyPlace: $0.keyPlace, value: $0.value)
    }
    var seen: Set<String> = []
    for entry in renamed where !seen.insert(entry.key).inserted {
      let place = ConfigurationPlace(file: file, line: entry.keyPlace.line, column: entry.keyPlace.column)
      throw ConfigurationError(
        .contradiction("\(entry.key) is set twice in \(name), in two spellings"), at: place)
    }
    return try Settings(ConfigurationNode(.mapping(renamed), at: node.place), name: name, file: file)
  }

  /// The one setting, shortly, as people write it: `limit: 5`.
  func summary(of key: String) -> String { "\(key): \(value(key)?.summary ?? "")" }
}
