/// What a limit that is cut into equal parts for the nodes loses to chance: requests fall on nodes at random, so some
/// node is full while another has room.
public struct LocalLimiterLoss: Hashable, Sendable {
  /// Requests rejected in a window, on average, although their number may be within the limit.
  public let expectedRejections: Double
  /// Probability that one given node has more requests than its part.
  public let overflowProbability: Double

  /// - Parameters:
  ///   - requests: in the window, over all nodes, each on a node at random.
  ///   - nodes: at least 1.
  ///   - limitPerNode: requests that one node passes in the window.
  /// - Complexity: O(√requests).
  public init(requests: Int, nodes: Int, limitPerNode: Int) {
    precondition(requests >= 0 && limitPerNode >= 0, "counts are not negative")
    precondition(nodes >= 1, "there is a node")
    guard nodes > 1 else {
      expectedRejections = Double(max(0, requests - limitPerNode))
      overflowProbability = requests > limitPerNode ? 1 : 0
      return
    }
    let load = BinomialTails(trials: requests, probability: 1 / Double(nodes))
    let excess = load.excess(over: limitPerNode)
    expectedRejections = Double(nodes) * excess.mean
    overflowProbability = excess.probability
  }
}

extension BinomialTails {
  /// Mean of max(0, successes − `bound`), and the probability that it is positive.
  func excess(over bound: Int) -> (mean: Double, probability: Double) {
    var (mean, probability) = (0.0, 0.0)
    for (offset, weight) in weights.enumerated() where first + offset > bound {
      mean += Double(first + offset - bound) * weight
      probability += weight
    }
    return (mean / total, probability / total)
  }
}
