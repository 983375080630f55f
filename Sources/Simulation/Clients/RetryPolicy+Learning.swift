public import Statistics
public import Traffic

extension RetryPolicy {
  /// Equally likely waits that stand for the gaps that were seen.
  private static let waits = 20

  /// The policy that recorded callers seem to follow; nil where nothing speaks for retries, or they cannot be told from
  /// other traffic.
  ///
  /// Waits are the gaps seen, without the callers' ordinary traffic. Retries go on as far into a chain as rejections
  /// there are tried again at least half as often as the first; the probability is that of those places. Patience is
  /// the longest chain that was seen.
  public init?(learnedFrom evidence: RetryEvidence) {
    let gaps = evidence.retryGaps(Self.waits)
    guard !gaps.isEmpty, evidence.overall.tellsRetries else { return nil }
    let background = evidence.overall.afterSuccess.share ?? 0
    let places = Self.places(evidence.byPosition, background)
    let tried = places.reduce(into: RetryOdds.Followed()) { sum, place in
      sum.events += place.events
      sum.followed += place.followed
    }
    guard let share = tried.share,
      let probability = RetryOdds.retryProbability(afterRejection: share, background: background), probability > 0
    else { return nil }
    // The last place told apart stands for all later ones, so there the longest chain is the bound.
    let reachesAll = places.count == RetryEvidence.positions
    let maxRetries = reachesAll ? max(places.count, evidence.longestChain - 1) : places.count
    self.init(
      backoff: .observed(gaps), maxRetries: maxRetries, probability: min(1, probability),
      patience: evidence.longestSpan.count > 0 ? evidence.longestSpan : nil)
  }

  /// The leading places of chains that are tried again at least half as often as the first.
  private static func places(_ all: [RetryOdds.Followed], _ background: Double) -> [RetryOdds.Followed] {
    func probability(_ place: RetryOdds.Followed) -> Double {
      place.share.flatMap { RetryOdds.retryProbability(afterRejection: $0, background: background) } ?? 0
    }
    guard let first = all.first.map(probability), first > 0 else { return [] }
    return Array(all.prefix { probability($0) >= first / 2 })
  }
}

extension RetryPolicy {
  /// The lower bound: nobody tries again.
  public static let givingUp = RetryPolicy(backoff: .fixed(Microseconds(0)), maxRetries: 0)

  /// The upper bound: everybody comes again as soon as the rejection is there, without backing off, until served or
  /// until the attempts are used up (for ever would never end).
  /// - Parameter pause: what a round trip takes at least.
  public static func relentless(
    maxRetries: Int = 100, pause: Microseconds = Microseconds(50_000)
  ) -> RetryPolicy {
    RetryPolicy(backoff: .fixed(pause), maxRetries: maxRetries)
  }
}
