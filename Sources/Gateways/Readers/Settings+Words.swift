import Scanning

/// Which keys may be there: a misspelt limit must not read as no limit.
extension Settings {
  /// Where every key is known: refuses any other.
  package func expectOnly(_ known: [String]) throws(ConfigurationError) {
    for entry in entries where !known.contains(entry.key) {
      throw unknown(entry, nearest: NearestWord.nearest(to: entry.key, among: known))
    }
  }

  /// Where most keys are none of our business: refuses one that is nearly a word that matters, and lists the others as
  /// ignored. A word of less than five letters is near to too many others, so only itself counts.
  /// - Parameter harmless: known words of the product that look like one that matters.
  func ignoreAllBut(
    _ used: [String], harmless: [String] = [], audit: ConfigurationAudit, because remark: String
  ) throws(ConfigurationError) {
    for entry in entries where !used.contains(entry.key) {
      if !harmless.contains(entry.key), let meant = used.first(where: { Self.isNear(entry.key, $0, slips: 0) }) {
        throw unknown(entry, nearest: meant)
      }
      audit.ignore(entry.key, at: entry.place(in: file), because: remark)
    }
  }

  /// Like `ignoreAllBut`, where the others are so many that nothing is listed; one slip is enough in a short word too.
  /// - Parameter harmless: known words of the product that look like one that matters.
  func refuseNearMisses(of words: [String], harmless: [String] = []) throws(ConfigurationError) {
    for entry in entries where !words.contains(entry.key) && !harmless.contains(entry.key) {
      guard let meant = words.first(where: { Self.isNear(entry.key, $0, slips: 1) }) else { continue }
      throw unknown(entry, nearest: meant)
    }
  }

  /// - Parameter slips: so many at least are taken for a slip; of a long word, one in five letters.
  private static func isNear(_ word: String, _ meant: String, slips: Int) -> Bool {
    word.utf8.count <= 64 && NearestWord.distance(meant, word) <= max(slips, meant.utf8.count / 5)
  }

  private func unknown(_ entry: ConfigurationNode.Entry, nearest: String?) -> ConfigurationError {
    ConfigurationError(
      .unknownWord(entry.key, kind: "field of \(name)", nearest: nearest), at: entry.place(in: file))
  }

  /// The same settings with every key turned into another spelling, such as the one the product's manual uses.
  /// - Throws: `.contradiction` where two keys become one.
  func renamed(_ spelling: (String) -> String) throws(ConfigurationError) -> Settings {
    let renamed = entries.map {
      ConfigurationNode.Entry(key: spelling($0.key), keyPlace: $0.keyPlace, value: $0.value)
    }
    var seen: Set<String> = []
    for entry in renamed where !seen.insert(entry.key).inserted {
      throw ConfigurationError(
        .contradiction("\(entry.key) is set twice in \(name), in two spellings"), at: entry.place(in: file))
    }
    return try Settings(ConfigurationNode(.mapping(renamed), at: node.place), name: name, file: file)
  }
}
