import Scanning
import Traffic

/// Amazon API Gateway: CloudFormation and SAM templates, OpenAPI definitions, and what `aws apigateway` prints about
/// usage plans, stages and the account.
///
/// A request meets the usage plan's limit of its method, the usage plan, its quota, the stage's limit of its method, the
/// account's. All are token buckets that the whole region shares; AWS calls them best effort.
/// - Source: Amazon API Gateway developer guide, *Throttle requests to your REST APIs*, *Usage plans and API keys*,
///   *Throttle requests to your HTTP APIs*; CloudFormation reference, `AWS::ApiGateway`, `AWS::ApiGatewayV2`.
public struct AWSReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .aws }

  public func confidence(in text: String, named file: String) -> Int {
    if ["AWS::ApiGateway", "AWS::Serverless::"].contains(where: text.contains) { return 90 }
    if text.contains("x-amazon-apigateway-") { return 85 }
    if text.contains("\"apiStages\""), text.contains("\"items\"") || text.contains("\"throttle\"") { return 85 }
    let names = ["hrottlingRateLimit\"", "\"throttleSettings\"", "\"DefaultRouteSettings\""]
    if names.contains(where: text.contains) { return 80 }
    return text.contains("AWSTemplateFormatVersion") ? 60 : 0
  }

  public func reading(of text: String, file: String, include: (String) -> [(path: String, text: String)])
    throws(ConfigurationError) -> GatewayReading
  {
    try reading(of: ConfigurationFile.document(text: text, file: file), file: file)
  }

  /// Reads a template, definition or answer that is a tree already.
  func reading(of root: ConfigurationNode, file: String) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    let settings = try Settings(root, name: "file", file: file)
    var limits = AWSLimits(audit: audit)
    if settings.has("Resources") || settings.has("AWSTemplateFormatVersion") {
      try AWSTemplate(settings, audit: audit).add(to: &limits)
    } else if settings.has("swagger") || settings.has("openapi") {
      for entry in settings.entries {
        audit.ignore(entry.key, at: settings.place(of: entry.key), because: "a definition of an API limits no rate")
      }
    } else if try !AWSAnswer(settings, audit: audit).add(to: &limits) {
      let expected = "a template with Resources, an OpenAPI definition, or what aws apigateway prints"
      throw ConfigurationError(
        .badValue(setting: "file", value: root.summary, expected: expected), at: settings.place)
    }
    return audit.reading(limits.model())
  }
}
