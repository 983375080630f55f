import Gateways
import Testing

/// Shapes shared by the vectors of HAProxy.
enum HAProxy {
  static let probe = ReaderProbe(reader: HAProxyReader(), file: "haproxy.cfg")

  static func reading(_ text: String) throws(ConfigurationError) -> GatewayReading { try probe.reading(text) }

  /// The error of a text, nil where it is read.
  static func error(_ text: String) -> ConfigurationError? { probe.error(text) }

  static func place(_ line: Int, _ column: Int) -> ConfigurationPlace {
    ConfigurationPlace(file: "haproxy.cfg", line: line, column: column)
  }

  static func counter(
    _ threshold: Int64, _ counting: FrequencyCounting = .never, seconds: Int64 = 10
  ) -> LimiterSettings {
    .frequencyCounter(period: seconds * 1_000_000, threshold: threshold, counting: counting)
  }

  /// Every rule in short: threshold, when it counts, and its conditions.
  static func rules(_ reading: GatewayReading) -> [String] {
    reading.model.rules.map { rule in
      let conditions = rule.match.conditions.map { condition in
        " \(condition.isNegated ? "not " : "")\(condition.subject.rawValue) \(condition.patterns.map { "\($0)" }.joined(separator: ","))"
      }
      let limit =
        switch rule.limiter {
        case .frequencyCounter(_, .max, let counting): "\(rule.counter): count \(counting.rawValue)"
        case .frequencyCounter(_, let threshold, let counting):
          "\(rule.counter): >\(threshold) \(counting.rawValue)"
        case .concurrency(let settings): "\(rule.counter): \(settings.limit) at a time"
        default: "?"
        }
      return limit + conditions.joined()
    }
  }
}
