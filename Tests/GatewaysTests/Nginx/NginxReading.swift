import Gateways
import Testing

/// Shapes shared by the vectors of nginx.
enum Nginx {
  static let probe = ReaderProbe(reader: NginxReader(), file: "nginx.conf")

  static func reading(
    _ text: String, files: [String: String] = [:]
  ) throws(ConfigurationError) -> GatewayReading {
    try probe.reading(text, include: ReaderProbe.including(files))
  }

  static func model(_ text: String, files: [String: String] = [:]) throws(ConfigurationError) -> GatewayModel {
    try reading(text, files: files).model
  }

  static func place(_ line: Int, _ column: Int, file: String = "nginx.conf") -> ConfigurationPlace {
    ConfigurationPlace(file: file, line: line, column: column)
  }

  /// The error of a text, nil where it is read.
  static func error(_ text: String, files: [String: String] = [:]) -> ConfigurationError? {
    probe.error(text, include: ReaderProbe.including(files))
  }

  static func bucket(_ milliRate: Int64, burst: Int64 = 0, undelayed: Int64 = 0) -> LimiterSettings {
    .leakyBucket(milliRate: milliRate, burst: burst, undelayed: undelayed, arithmetic: .nginx)
  }

  /// Cases of a policy in short: conditions as `path=/a`, and the names of the rules.
  static func cases(_ model: GatewayModel, _ policy: String = "limit_req") -> [String] {
    guard let policy = model.policies.first(where: { $0.name == policy }) else { return [] }
    return policy.cases.map { entry in
      let conditions = entry.match.conditions.map {
        "\($0.subject.rawValue)\($0.patterns.map(text).joined(separator: "|"))"
      }
      let rules = entry.stages.flatMap(\.rules).map { $0.name.split(separator: " ")[0] }
      return (conditions + ["->"] + rules.map(String.init)).joined(separator: " ")
    }
  }

  private static func text(_ pattern: NamePattern) -> String {
    switch pattern {
    case .exact(let text): "=\(text)"
    case .prefix(let text): "^\(text)"
    case .suffix(let text): "$\(text)"
    case .segments(let parts): "/\(parts.joined(separator: "/"))"
    case .regularExpression(let text, let ignoresCase): ignoresCase ? "~*\(text)" : "~\(text)"
    }
  }
}
