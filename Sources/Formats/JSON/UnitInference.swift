/// The unit of a numeric duration: by its key's name, else by the size and decimals of its values.
enum UnitInference {
  static func unit(of key: SampleKeys.Key, for field: LogField) -> FieldUnit {
    guard [.duration, .upstreamDuration, .connect, .upstreamFirstByte, .firstByte].contains(field) else {
      return .automatic
    }
    return named(key.path) ?? measured(key.values)
  }

  /// The unit in a key's name: `elapsed_ms`, `durationNs`, `took.us`.
  private static func named(_ path: [String]) -> FieldUnit? {
    // ECS: `event.duration` is in nanoseconds.
    if path.suffix(2) == ["event", "duration"] || path.last == "event.duration" { return .nanoseconds }
    guard let name = path.last else { return nil }
    // Apache's and Varnish's directive.
    if name == "D" { return .microseconds }
    switch words(of: name).last {
    case "ms", "msec", "msecs", "millis", "milliseconds": return .milliseconds
    case "us", "usec", "usecs", "micros", "microseconds", "µs": return .microseconds
    case "ns", "nsec", "nanos", "nanoseconds": return .nanoseconds
    case "s", "sec", "secs", "seconds": return .seconds
    default: return nil
    }
  }

  /// A duration's name as the synonyms have it, without its unit.
  static func withoutUnit(_ name: String) -> String {
    let all = words(of: name)
    return named([name]) == nil ? FieldSynonyms.normalised(name) : all.dropLast().joined()
  }

  /// `upstreamDuration_ms` in lower-case words.
  private static func words(of name: String) -> [String] {
    var words: [String] = []
    for character in name {
      if "_-.@".contains(character) {
        words.append("")
      } else if character.isUppercase, words.last?.last?.isLowercase ?? true {
        words.append(character.lowercased())
      } else {
        if words.isEmpty { words.append("") }
        words[words.count - 1] += character.lowercased()
      }
    }
    return words.filter { !$0.isEmpty }
  }

  /// Decimals with a median below 30 are seconds; integers are ms up to thousands, then µs, then ns: no
  /// gateway's median request takes 20 s, which the bounds are in ms, nor 5 s, which they are in µs.
  private static func measured(_ values: [String]) -> FieldUnit {
    let numbers = values.flatMap { $0.split(separator: ",") }
      .compactMap { Double($0.filter { $0 != " " }) }.sorted()
    guard !numbers.isEmpty else { return .automatic }
    let median = numbers[numbers.count / 2]
    if values.contains(where: { $0.contains(".") }) { return median < 30 ? .seconds : .milliseconds }
    switch median {
    case ..<20_000: return .milliseconds
    case ..<5_000_000: return .microseconds
    default: return .nanoseconds
    }
  }
}
