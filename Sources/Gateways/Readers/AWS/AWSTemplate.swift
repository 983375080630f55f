import Scanning

/// A CloudFormation or SAM template.
struct AWSTemplate {
  private let settings: Settings
  private let audit: ConfigurationAudit
  private let parameters: [String: ConfigurationNode]

  private static let limiting = [
    "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Stage",
    "AWS::Serverless::Api", "AWS::Serverless::HttpApi",
  ]
  private static let neighbours = ["AWS::ApiGateway::UsagePlanKey", "AWS::ApiGatewayV2::Deployment"]

  init(_ settings: Settings, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.settings = settings
    self.audit = audit
    var parameters: [String: ConfigurationNode] = [:]
    for entry in try settings.settings("Parameters")?.entries ?? [] { parameters[entry.key] = entry.value }
    self.parameters = parameters
  }

  /// - Throws: `.unknownWord` for a resource type that is nearly one that limits, and for misspelt limits.
  func add(to limits: inout AWSLimits) throws(ConfigurationError) {
    try settings.ignoreAllBut(["Resources", "Parameters", "Globals"], audit: audit, because: "limits no rate")
    for (type, globals) in [("AWS::Serverless::Api", "Api"), ("AWS::Serverless::HttpApi", "HttpApi")] {
      guard let values = try settings.settings("Globals")?.settings(globals) else { continue }
      try add(type, "Globals", AWSValues(settings: values, parameters: parameters, isCamelCase: false), to: &limits)
    }
    var ignored: [(type: String, place: ConfigurationPlace, count: Int)] = []
    for entry in try settings.settings("Resources")?.entries ?? [] {
      let resource = try Settings(entry.value, name: entry.key, file: settings.file)
      let type = try resource.text("Type") ?? ""
      guard Self.limiting.contains(type) else {
        try refuseNearMiss(type, resource)
        if let index = ignored.firstIndex(where: { $0.type == type }) {
          ignored[index].count += 1
        } else {
          ignored.append((type, resource.place(of: "Type"), 1))
        }
        continue
      }
      if resource.has("Condition") {
        audit.ignore("Condition of \(entry.key)", at: resource.place(of: "Condition"), because: "it is taken to hold")
      }
      guard let properties = try resource.settings("Properties") else { continue }
      let values = AWSValues(settings: properties, parameters: parameters, isCamelCase: false)
      try add(type, entry.key, values, to: &limits)
    }
    for (type, place, count) in ignored {
      audit.ignore(count == 1 ? type : "\(type), \(count) times", at: place, because: "limits no rate")
    }
  }

  private func refuseNearMiss(_ type: String, _ resource: Settings) throws(ConfigurationError) {
    guard type.hasPrefix("AWS::"), type.utf8.count <= 64, !Self.neighbours.contains(type),
      let meant = Self.limiting.first(where: { NearestWord.distance($0, type) <= 2 })
    else { return }
    throw ConfigurationError(
      .unknownWord(type, kind: "resource type", nearest: meant), at: resource.place(of: "Type"))
  }

  private func add(
    _ type: String, _ name: String, _ values: AWSValues, to limits: inout AWSLimits
  ) throws(ConfigurationError) {
    switch type {
    case "AWS::ApiGateway::UsagePlan":
      limits.add(try AWSLimits.Plan(values, name: values.name("UsagePlanName") ?? name, audit: audit))
    case "AWS::ApiGateway::Stage", "AWS::Serverless::Api":
      try values.settings.refuseNearMisses(of: ["MethodSettings"])
      for limit in try AWSLimits.MethodLimit.all(values, owner: name) { limits.add(limit) }
      if let plan = try values.inner("Auth")?.inner("UsagePlan"), plan.name("CreateUsagePlan") != "NONE" {
        limits.add(try AWSLimits.Plan(plan, name: "of \(name)", audit: audit))
      }
    case "AWS::ApiGateway::Deployment":
      guard let stage = try values.inner("StageDescription") else { return }
      for limit in try AWSLimits.MethodLimit.all(stage, owner: name) { limits.add(limit) }
      if let throttle = try AWSThrottle(method: stage) {
        let all = AWSMethod(path: "/*", method: "*")
        limits.add(AWSLimits.MethodLimit(method: all, stage: nil, throttle: throttle, owner: name))
      }
    default:
      for limit in try AWSLimits.MethodLimit.routes(values, owner: name) { limits.add(limit) }
    }
  }
}
