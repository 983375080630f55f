/// A model while a reader fills it: counters are found again by what tells them apart, and policies without any rule
/// are left out.
struct ModelDraft {
  private(set) var counters: [LimitCounter] = []
  private(set) var policies: [LimitPolicy] = []
  private var numbers: [String: Int] = [:]

  /// The index of the counter with an identity; only the first caller's description of it is taken.
  mutating func counter(of identity: String, _ counter: @autoclosure () -> LimitCounter) -> Int {
    if let known = numbers[identity] { return known }
    counters.append(counter())
    numbers[identity] = counters.count - 1
    return counters.count - 1
  }

  /// The index of the counter by its name, for products whose counters are told apart by it.
  mutating func counter(_ counter: LimitCounter) -> Int { self.counter(of: counter.name, counter) }

  /// Adds a policy where at least one of its cases limits something; cases after the last that does say nothing.
  mutating func add(_ name: String, _ cases: [LimitCase]) {
    guard let last = cases.lastIndex(where: { !$0.stages.isEmpty }) else { return }
    policies.append(LimitPolicy(name: name, cases: Array(cases[...last])))
  }

  func model(of product: GatewayProduct) -> GatewayModel {
    GatewayModel(product: product, counters: counters, policies: policies)
  }
}
