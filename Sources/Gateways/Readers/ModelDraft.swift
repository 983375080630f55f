/// A model while a reader fills it: counters are found by name, and policies without any rule are left out.
struct ModelDraft {
  private var table = CounterTable()
  private(set) var policies: [LimitPolicy] = []

  /// The counter's index; one that is there already by this name is used again.
  mutating func counter(_ counter: LimitCounter) -> Int {
    table.number(of: counter.name, counter)
  }

  var counters: [LimitCounter] { table.counters }

  /// Adds a policy where at least one of its cases limits something; cases after the last that does say nothing.
  mutating func add(_ name: String, _ cases: [LimitCase]) {
    guard let last = cases.lastIndex(where: { !$0.stages.isEmpty }) else { return }
    policies.append(LimitPolicy(name: name, cases: Array(cases[...last])))
  }

  func model(of product: GatewayProduct) -> GatewayModel {
    GatewayModel(product: product, counters: counters, policies: policies)
  }
}
