import Analysis
import Gateways
import Simulation
import Traffic

/// The limits of a gateway's configuration as questions of pressure.
struct ConfiguredQuotas {
  private(set) var limits: [QuotaLimit] = []
  /// What could not be asked, for the notes.
  private(set) var left: [String] = []
  /// Numbers of the rules in the model, by limit: rules that count together, such as one nginx zone used in several
  /// locations, are one limit.
  private var rules: [[Int]] = []
  private var counters: [Int] = []
  private let model: GatewayModel

  init(_ model: GatewayModel, options: ReplayOptions) {
    self.model = model
    for (number, rule) in model.rules.enumerated() {
      let counter = model.counters[rule.counter]
      guard let meter = rule.limiter.quotaMeter else {
        left.append("'\(rule.name)' bounds requests in progress, not arrivals")
        continue
      }
      let key = counter.key.parts.compactMap { options.column(for: $0) }
      guard key.count <= QuotaLimit.longestKey else {
        left.append("'\(rule.name)' counts by more than \(QuotaLimit.longestKey) columns")
        continue
      }
      if key.count < counter.key.parts.count {
        left.append("part of the key of '\(rule.name)' is not in the log: it is told for what the log has of it")
      }
      let limit = QuotaLimit(
        name: rule.name + (rule.isDryRun ? " (dry run)" : ""), meter: meter, key: key,
        missing: Self.missing(counter.key.missing), isPerNode: counter.scope == .perNode,
        origin: .configured(Self.place(rule.place)))
      add(limit, of: number, counter: rule.counter)
    }
    for (index, numbers) in rules.enumerated() where numbers.count > 1 {
      limits[index].origin = .configured(
        "\(Self.place(model.rules[numbers[0]].place)) and \(numbers.count - 1) more")
    }
  }

  private mutating func add(_ limit: QuotaLimit, of rule: Int, counter: Int) {
    let same = limits.indices.first {
      counters[$0] == counter && limits[$0].meter == limit.meter && limits[$0].name == limit.name
    }
    if let same { return rules[same].append(rule) }
    if let other = counters.firstIndex(of: counter) {
      left.append("'\(limit.name)' and '\(limits[other].name)' count together, and each is told for its own requests")
    }
    limits.append(limit)
    rules.append([rule])
    counters.append(counter)
  }

  /// Which of the limits apply to a request: in each policy those of the first case that matches it.
  func selector(_ text: @escaping @Sendable (ScanColumn, Int64) -> String?) -> QuotaSelector {
    let (model, rules, subjects) = (self.model, self.rules, self.model.subjects)
    return QuotaSelector(columns: subjects.map(\.column)) { values in
      var names: [RequestMatch.Condition.Subject: String] = [:]
      for (subject, value) in zip(subjects, values) where value != .absent {
        names[subject] = text(subject.column, value)
      }
      let template = names.removeValue(forKey: .path)
      let applying = Set(model.stages(for: RequestNames(template: template, names: names)).flatMap(\.rules))
      return rules.indices.filter { !applying.isDisjoint(with: rules[$0]) }
    }
  }

  private static func missing(_ missing: LimitKey.Missing) -> QuotaLimit.Missing {
    switch missing {
    // What the product refuses for want of a key is no pressure on the limit.
    case .passes, .rejects: .passes
    case .counts: .counts
    case .clientAddress: .clientAddress
    }
  }

  private static func place(_ place: ConfigurationPlace) -> String {
    place.line > 0 ? "\(place.file):\(place.line)" : place.file
  }
}
