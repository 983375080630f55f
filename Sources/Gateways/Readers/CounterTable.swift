/// Counters of a model that is being built, each once by an identity.
struct CounterTable {
  private(set) var counters: [LimitCounter] = []
  private var numbers: [String: Int] = [:]

  /// The number of the counter with an identity, which only the first caller describes.
  mutating func number(of identity: String, _ counter: @autoclosure () -> LimitCounter) -> Int {
    if let known = numbers[identity] { return known }
    counters.append(counter())
    numbers[identity] = counters.count - 1
    return counters.count - 1
  }
}
