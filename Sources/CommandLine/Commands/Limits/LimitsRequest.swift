import Gateways
import Planning
import Reporting
import Statistics
import Traffic

/// What `headroom limits` was asked, read and checked.
struct LimitsRequest: Sendable {
  let key: ArrivalKey
  let dialect: LimitDialect
  /// nil: those that suit the traffic.
  let points: [LimitPoint]?
  let quantiles: [Quantile]
  let recommends: Bool
  let isPerKey: Bool
  let rules: LimitRules
  /// Rows of a table; nil for all.
  let rows: Int?

  init(_ invocation: Invocation) throws {
    if invocation.has("for-all"), invocation.has("per-key") {
      throw UsageError(.conflict("--for-all", "--per-key"), command: invocation.command.words)
    }
    key = try Self.key(invocation)
    let product = try Self.product(invocation)
    dialect = LimitDialect(product)
    points = try Self.points(invocation, LimitDialect(product))
    quantiles = try Self.quantiles(invocation)
    recommends = invocation.has("recommend") || invocation.has("tolerate") || invocation.has("certificate")
    isPerKey = invocation.has("per-key")
    rules = try Self.rules(invocation, LimitDialect(product))
    rows = try invocation.rowLimit(try invocation.renderer())
  }

  private static func key(_ invocation: Invocation) throws(UsageError) -> ArrivalKey {
    let names = invocation.values("key")
    if names == ["all"] { return .all }
    var parts: [ArrivalKey.Part] = []
    for name in names.isEmpty ? ["consumer"] : names {
      guard let part = ArrivalKey.Part(rawValue: name), !parts.contains(part), parts.count < 2 else {
        let known = ArrivalKey.Part.allCases.map(\.rawValue).joined(separator: ", ")
        throw invocation.invalid("--key", name, expected: "one or two of \(known), or all alone")
      }
      parts.append(part)
    }
    return ArrivalKey(parts)
  }

  private static func product(_ invocation: Invocation) throws(UsageError) -> GatewayProduct {
    let name = invocation.value("for") ?? GatewayProduct.nginx.rawValue
    guard let product = GatewayProduct(rawValue: name) else {
      throw invocation.invalid(
        "--for", name, expected: "one of " + GatewayProduct.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return product
  }

  // MARK: Points

  private static func points(_ invocation: Invocation, _ dialect: LimitDialect) throws -> [LimitPoint]? {
    let (wanted, other) = dialect.axis == .rate ? ("rates", "windows") : ("windows", "rates")
    if let list = invocation.value(other) {
      throw invocation.invalid(
        "--" + other, list, expected: "--\(wanted) instead: \(dialect.product.rawValue) counts by \(wanted.dropLast())")
    }
    guard let list = invocation.value(wanted) else { return nil }
    let points = dialect.axis == .rate ? try rates(list, invocation) : try windows(list)
    for (point, text) in points where !dialect.allows(point) {
      throw invocation.invalid("--" + wanted, text, expected: "what \(dialect.product.rawValue) can be told: \(allowed(dialect))")
    }
    return points.map(\.point)
  }

  private static func allowed(_ dialect: LimitDialect) -> String {
    switch dialect.product {
    case .nginx: "whole requests per second or minute"
    case .springCloudGateway: "whole requests per second"
    case .kong, .envoyRateLimit: "1s, 1m, 1h or 1d"
    default: "whole seconds, or rates of whole thousandths of a request per second"
    }
  }

  /// `10,20,50r/s`: a number without a unit has the unit of the next that has one.
  private static func rates(_ list: String, _ invocation: Invocation) throws -> [(point: LimitPoint, text: String)] {
    var points: [(point: LimitPoint, text: String)] = []
    var unit = "r/s"
    for word in list.split(separator: ",", omittingEmptySubsequences: false).reversed() {
      let text = word.drop { $0 == " " }
      let number = text.prefix { $0.isNumber || $0 == "." }
      if number.count < text.count { unit = String(text.dropFirst(number.count)) }
      let rate = try UnitText.parseRate(number + unit)
      guard rate.count > 0, rate.count <= 1_000_000_000 else {
        throw invocation.invalid("--rates", String(text), expected: "rates from 1 to 1,000,000,000")
      }
      points.append((.rate(LimitRate(rate.count, per: rate.period.count)), String(text)))
    }
    return points.reversed()
  }

  private static func windows(_ list: String) throws(UnitText.SyntaxError) -> [(point: LimitPoint, text: String)] {
    var points: [(point: LimitPoint, text: String)] = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      points.append((.window(try UnitText.parseDuration(String(word.drop { $0 == " " }))), String(word)))
    }
    return points
  }

  // MARK: Numbers

  private static func quantiles(_ invocation: Invocation) throws(UsageError) -> [Quantile] {
    guard let list = invocation.value("percentiles") else { return [.p50, .p90, .p99] }
    var quantiles: [Quantile] = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let millionths = millionths(word.drop { $0 == " " }), millionths <= 1_000_000 else {
        throw invocation.invalid("--percentiles", String(word), expected: "percentiles from 0 to 100, such as 50,90,99.9")
      }
      quantiles.append(Quantile(millionths: Int(millionths)))
    }
    return quantiles
  }

  private static func rules(_ invocation: Invocation, _ dialect: LimitDialect) throws -> LimitRules {
    var rules = LimitRules(dialect)
    if let text = invocation.value("tolerate") {
      guard text.hasSuffix("%"), let millionths = millionths(text.dropLast()), millionths <= 1_000_000 else {
        throw invocation.invalid("--tolerate", text, expected: "a share with its sign, such as 0.1%")
      }
      rules.tolerance = Quantile(millionths: Int(millionths))
    }
    if let text = invocation.value("burst-within") { rules.burstWithin = try UnitText.parseDuration(text) }
    if let text = invocation.value("window") {
      rules.window = try UnitText.parseDuration(text)
      guard dialect.axis == .window, dialect.allows(.window(rules.window)) else {
        throw invocation.invalid("--window", text, expected: "a window that \(dialect.product.rawValue) can be told")
      }
    }
    return rules
  }

  /// `0.1` percent as 1,000 millionths: digits, and at most four after the point.
  private static func millionths(_ text: Substring) -> Int64? {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = halves.first, !whole.isEmpty, whole.allSatisfy(\.isASCII), whole.allSatisfy(\.isNumber),
      whole.count <= 3, let percent = Int64(whole)
    else { return nil }
    guard halves.count > 1 else { return percent * 10_000 }
    let part = halves[1]
    guard !part.isEmpty, part.count <= 4, part.allSatisfy(\.isASCII), part.allSatisfy(\.isNumber),
      let digits = Int64(part + String(repeating: "0", count: 4 - part.count))
    else { return nil }
    return percent * 10_000 + digits
  }
}
