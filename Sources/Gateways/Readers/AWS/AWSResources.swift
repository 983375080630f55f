import Scanning

extension AWSLimits.Plan {
  private static let fields = [
    "ApiStages", "Throttle", "Quota", "Description", "UsagePlanName", "Tags", "CreateUsagePlan", "Id", "Name",
    "ProductCode",
  ]
  private static let units: [(word: String, unit: CalendarUnit)] = [
    ("DAY", .day), ("WEEK", .week), ("MONTH", .month),
  ]

  /// `AWS::ApiGateway::UsagePlan`, or an element of what `get-usage-plans` prints.
  init(_ values: AWSValues, name: String, audit: ConfigurationAudit) throws(ConfigurationError) {
    try values.settings.refuseNearMisses(of: Self.fields.map(values.spelled))
    self.name = name
    place = values.settings.place
    throttle = try values.inner("Throttle").flatMap { values throws(ConfigurationError) in
      try AWSThrottle(plan: values)
    }
    quota = try Self.quota(values, audit: audit)
    var ids: [String?] = []
    for stage in try values.list("ApiStages") {
      try stage.expectOnly(["ApiId", "Stage", "Throttle"])
      ids.append(stage.name("ApiId"))
      methods += try Self.methods(of: stage, plan: name)
    }
    apis = ids.contains(nil) ? nil : ids.compactMap { $0 }
  }

  private static func methods(of stage: AWSValues, plan: String) throws(ConfigurationError) -> [AWSLimits.MethodLimit]
  {
    guard let throttles = try stage.inner("Throttle") else { return [] }
    var result: [AWSLimits.MethodLimit] = []
    for entry in throttles.settings.entries {
      guard let method = AWSMethod(combined: entry.key) else {
        throw throttles.settings.bad(entry.key, expected: "a path and a method, such as /pets/GET")
      }
      let values = AWSValues(
        settings: try Settings(entry.value, name: entry.key, file: stage.settings.file), parameters: stage.parameters,
        isCamelCase: stage.isCamelCase)
      guard let throttle = try AWSThrottle(plan: values) else { continue }
      result.append(
        AWSLimits.MethodLimit(method: method, stage: stage.name("Stage"), throttle: throttle, owner: plan))
    }
    return result
  }

  private static func quota(
    _ values: AWSValues, audit: ConfigurationAudit
  ) throws(ConfigurationError) -> (Int64, CalendarUnit, ConfigurationPlace)? {
    guard let quota = try values.inner("Quota") else { return nil }
    try quota.expectOnly(["Limit", "Offset", "Period"])
    guard let limit = try quota.count("Limit") else {
      if quota.settings.entries.isEmpty { return nil }
      throw quota.settings.missing(quota.spelled("Limit"))
    }
    let words = units.map(\.word)
    guard let period = try quota.text("Period") else { throw quota.settings.missing(quota.spelled("Period")) }
    guard let unit = units.first(where: { $0.word == period })?.unit else {
      throw quota.settings.bad(quota.spelled("Period"), expected: NearestWord.choice(of: words, insteadOf: period))
    }
    let key = quota.spelled("Offset")
    if let offset = try quota.count("Offset"), offset > 0 {
      audit.ignore(
        "\(key) \(offset)", at: quota.settings.place(of: key), because: "it counts in the plan's first period only")
    }
    return (limit, unit, quota.settings.place(of: quota.spelled("Limit")))
  }
}

extension AWSLimits.MethodLimit {
  /// `MethodSettings` of a stage in a template.
  static func all(_ values: AWSValues, owner: String) throws(ConfigurationError) -> [AWSLimits.MethodLimit] {
    var result: [AWSLimits.MethodLimit] = []
    for setting in try values.list("MethodSettings") {
      try setting.settings.refuseNearMisses(of: ["ResourcePath", "HttpMethod"])
      guard let throttle = try AWSThrottle(method: setting) else { continue }
      guard let path = try setting.text("ResourcePath") else { throw setting.settings.missing("ResourcePath") }
      guard let method = try setting.text("HttpMethod") else { throw setting.settings.missing("HttpMethod") }
      result.append(
        AWSLimits.MethodLimit(
          method: AWSMethod(path: path, method: method), stage: values.name("StageName"), throttle: throttle,
          owner: owner))
    }
    return result
  }

  /// `DefaultRouteSettings` and `RouteSettings` of an HTTP or WebSocket API's stage.
  static func routes(_ values: AWSValues, owner: String) throws(ConfigurationError) -> [AWSLimits.MethodLimit] {
    try values.settings.refuseNearMisses(of: ["RouteSettings", "DefaultRouteSettings"].map(values.spelled))
    var result: [AWSLimits.MethodLimit] = []
    if let routes = try values.inner("RouteSettings") {
      for entry in routes.settings.entries {
        let values = AWSValues(
          settings: try Settings(entry.value, name: entry.key, file: routes.settings.file),
          parameters: routes.parameters, isCamelCase: routes.isCamelCase)
        guard let throttle = try AWSThrottle(method: values) else { continue }
        result.append(
          AWSLimits.MethodLimit(
            method: AWSMethod(routeKey: entry.key) ?? AWSMethod(path: "", method: "ANY"), stage: nil,
            throttle: throttle, routeName: AWSMethod(routeKey: entry.key) == nil ? entry.key : nil, owner: owner))
      }
    }
    if let standard = try values.inner("DefaultRouteSettings"), let throttle = try AWSThrottle(method: standard) {
      let all = AWSMethod(path: "/*", method: "*")
      result.append(AWSLimits.MethodLimit(method: all, stage: nil, throttle: throttle, owner: owner))
    }
    return result
  }
}
