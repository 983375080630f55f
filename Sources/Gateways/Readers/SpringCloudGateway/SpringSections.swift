import Scanning

/// Notes the sections of an `application.yml` that are none of the gateway's limits.
struct SpringSections {
  let file: String
  let audit: ConfigurationAudit

  /// What of the gateway's own properties decides about limits.
  private static let used = ["routes", "defaultfilters"]
  private static let filterStandards = ["filter", "requestratelimiter", "denyemptykey"]

  /// - Throws: `.unknownWord` for a property of the gateway that is nearly `routes` or `default-filters`.
  func note(_ properties: SpringProperties) throws(ConfigurationError) {
    for document in properties.documents { try note(document, after: []) }
  }

  private func note(_ node: ConfigurationNode, after path: [String]) throws(ConfigurationError) {
    guard case .mapping(let entries) = node.value else { return }
    for entry in entries {
      let names = path + SpringProperties.names(in: entry.key)
      if Self.leadsFurther(names), case .mapping = entry.value.value {
        try note(entry.value, after: names)
        continue
      }
      guard !Self.isUsed(names) else { continue }
      let place = entry.place(in: file)
      if let meant = Self.misspelt(names) {
        throw ConfigurationError(.unknownWord(entry.key, kind: "property of the gateway", nearest: meant), at: place)
      }
      audit.ignore(entry.key, at: place, because: "limits no rate")
    }
  }

  private static var prefixes: [[String]] { SpringCloudGatewayReader.prefixes.map { SpringProperties.names(in: $0) } }

  /// Whether a limit may lie below.
  private static func leadsFurther(_ names: [String]) -> Bool {
    prefixes.contains { prefix in
      if names.count <= prefix.count { return prefix.starts(with: names) }
      return names.starts(with: prefix) && filterStandards.starts(with: names.dropFirst(prefix.count))
    }
  }

  private static func isUsed(_ names: [String]) -> Bool {
    prefixes.contains { prefix in
      guard names.starts(with: prefix) else { return false }
      let rest = Array(names.dropFirst(prefix.count))
      return rest == filterStandards || rest.count == 1 && used.contains(rest[0])
    }
  }

  private static func misspelt(_ names: [String]) -> String? {
    guard let last = names.last, prefixes.contains(Array(names.dropLast())), last.utf8.count <= 64 else { return nil }
    let spelled = ["routes": "routes", "defaultfilters": "default-filters"]
    // `routes[0].id=…` is how properties files write lists.
    let name = String(last.prefix { $0 != "[" })
    if name != last, let list = spelled[name] { return list }
    return used.first { NearestWord.distance($0, last) <= $0.utf8.count / 5 }.flatMap { spelled[$0] }
  }
}
