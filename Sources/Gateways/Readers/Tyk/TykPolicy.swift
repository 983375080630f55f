import Scanning

/// One policy, or a key with limits of its own.
struct TykPolicy {
  /// An API that the policy grants, with limits of its own where it says so.
  struct Grant {
    var id: String
    var name: String
    var own: TykAllowance?
  }

  let id: String
  /// nil where the policy limits nothing beyond its grants.
  let allowance: TykAllowance?
  let grants: [Grant]

  /// - Returns: nil for a policy that is switched off.
  init?(id: String, _ settings: Settings, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.id = id
    let (isOff, isOn) = (try settings.flag("is_inactive") ?? false, try settings.flag("active") ?? true)
    if isOff || !isOn {
      audit.ignore("policy \(id)", at: settings.place, because: "it is not active")
      return nil
    }
    var allowance = try TykAllowance(sessionOf: settings)
    if let parts = try settings.settings("partitions") {
      var chosen: [Bool] = []
      for part in ["rate_limit", "quota", "acl", "complexity"] { chosen.append(try parts.flag(part) ?? false) }
      // With partitions a policy gives only the parts that it names.
      if chosen.contains(true) {
        if !chosen[0] { allowance?.rate = nil }
        if !chosen[1] { allowance?.quota = nil }
      }
    }
    self.allowance = allowance
    var grants: [Grant] = []
    if let rights = try settings.settings("access_rights") {
      for entry in rights.entries {
        let right = try Settings(entry.value, name: "access_rights", file: rights.file)
        try right.refuseNearMisses(of: ["limit", "api_id"], harmless: ["limits"])
        let own = try right.settings("limit").flatMap { settings throws(ConfigurationError) in
          try TykAllowance(sessionOf: settings)
        }
        grants.append(
          Grant(id: try right.text("api_id") ?? entry.key, name: try right.text("api_name") ?? entry.key, own: own))
      }
    }
    self.grants = grants
  }
}
