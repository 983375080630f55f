import Gateways

/// Makes one gate per rule; rules on one counter share its states.
struct GateBuilder {
  enum Gate {
    case rate(LimitGate)
    case concurrency(ConcurrencyGate)
  }

  private let counters: [LimitCounter]
  private var shared: [Identity: AnyObject] = [:]

  /// What a shared object is known by: the counter and the kind of state, and the limiter where that holds the state.
  private struct Identity: Hashable {
    var counter: Int
    var state: ObjectIdentifier
    var limiter: LimiterSettings?
  }

  init(_ counters: [LimitCounter]) { self.counters = counters }

  mutating func gate(for rule: LimitRule) -> Gate {
    var making = GateMaking(builder: self, rule: rule)
    rule.limiter.accept(&making)
    self = making.builder
    guard let gate = making.gate else { preconditionFailure("every limiter has a gate") }
    return gate
  }

  fileprivate mutating func keyedGate<L: Limiter>(_ limiter: L, for rule: LimitRule) -> Gate {
    let state = ObjectIdentifier(L.State.self)
    guard L.keepsStateInPlace else {
      // Its states point into the limiter, so the gate itself is what rules share.
      let identity = Identity(counter: rule.counter, state: state, limiter: rule.limiter)
      return .rate(share(identity) { LimitGate(limiter, states: KeyedStates(fresh: limiter.fresh, keys: $0)) })
    }
    let states: KeyedStates<L.State> = share(Identity(counter: rule.counter, state: state)) {
      KeyedStates(fresh: limiter.fresh, keys: $0)
    }
    return .rate(LimitGate(limiter, states: states))
  }

  fileprivate mutating func concurrencyGate<C: ConcurrencyControl>(_ control: C, for rule: LimitRule) -> Gate {
    let identity = Identity(counter: rule.counter, state: ObjectIdentifier(C.self), limiter: rule.limiter)
    return .concurrency(share(identity) { _ in ConcurrencyGate(control) })
  }

  private mutating func share<Object: AnyObject>(_ identity: Identity, _ make: (KeyCapacity?) -> Object) -> Object {
    if let known = shared[identity] as? Object { return known }
    let made = make(counters[identity.counter].capacity)
    shared[identity] = made
    return made
  }
}

/// Opens a rule's limiter once, when the replay is set up.
private struct GateMaking: LimiterVisitor {
  var builder: GateBuilder
  let rule: LimitRule
  var gate: GateBuilder.Gate?

  mutating func visit<L: Limiter>(_ limiter: L) { gate = builder.keyedGate(limiter, for: rule) }
  mutating func visit<C: ConcurrencyControl>(_ control: C) { gate = builder.concurrencyGate(control, for: rule) }
}
