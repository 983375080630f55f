import Scanning

/// What the `aws apigateway` and `aws apigatewayv2` commands print: `get-usage-plans`, `get-usage-plan`, `get-stages`,
/// `get-stage`, `get-account`.
struct AWSAnswer {
  private let settings: Settings
  private let audit: ConfigurationAudit

  init(_ settings: Settings, audit: ConfigurationAudit) {
    self.settings = settings
    self.audit = audit
  }

  /// - Returns: whether it is one of these answers.
  func add(to limits: inout AWSLimits) throws(ConfigurationError) -> Bool {
    for list in ["items", "item", "Items"] where settings.has(list) {
      for element in try settings.settingsList(list) {
        guard try add(element, to: &limits) else { throw unknown(element) }
      }
      try settings.ignoreAllBut([list], audit: audit, because: "limits no rate")
      return true
    }
    return try add(settings, to: &limits)
  }

  private func add(_ answer: Settings, to limits: inout AWSLimits) throws(ConfigurationError) -> Bool {
    func has(_ keys: String...) -> Bool { keys.contains(where: answer.has) }
    let values = AWSValues(settings: answer, parameters: [:], isCamelCase: !has("StageName", "DefaultRouteSettings"))
    if has("throttleSettings") {
      guard let throttle = try values.inner("ThrottleSettings") else { return true }
      if let account = try AWSThrottle(plan: throttle) { limits.add(account: account) }
    } else if has("apiStages", "throttle", "quota", "productCode") || has("id") && has("name") {
      limits.add(try AWSLimits.Plan(values, name: values.name("Name") ?? values.name("Id") ?? "", audit: audit))
    } else if has("StageName", "DefaultRouteSettings", "RouteSettings") {
      let owner = values.name("StageName") ?? "stage"
      for limit in try AWSLimits.MethodLimit.routes(values, owner: owner) { limits.add(limit) }
    } else if has("stageName", "methodSettings") {
      try addStage(values, to: &limits)
    } else {
      return false
    }
    return true
  }

  /// `methodSettings` is a mapping here: `*/*`, `~1pets/GET`.
  private func addStage(_ values: AWSValues, to limits: inout AWSLimits) throws(ConfigurationError) {
    let stage = values.name("StageName")
    guard let methods = try values.inner("MethodSettings") else { return }
    for entry in methods.settings.entries {
      guard let method = AWSMethod(combined: entry.key) else {
        throw methods.settings.bad(entry.key, expected: "a path and a method, such as */*")
      }
      let inner = try Settings(entry.value, name: entry.key, file: settings.file)
      let own = AWSValues(settings: inner, parameters: [:], isCamelCase: true)
      guard let throttle = try AWSThrottle(method: own) else { continue }
      limits.add(AWSLimits.MethodLimit(method: method, stage: stage, throttle: throttle, owner: stage ?? "stage"))
    }
  }

  private func unknown(_ element: Settings) -> ConfigurationError {
    ConfigurationError(
      .badValue(setting: element.name, value: element.node.summary, expected: "usage plans or stages"),
      at: element.place)
  }
}
