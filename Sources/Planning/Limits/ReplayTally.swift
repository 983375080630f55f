public import Traffic

/// What one limiter, with a state per key, did to all requests.
public struct ReplayTally: Hashable, Sendable {
  /// One request, found again by its key and its place among the key's requests of one arrival.
  public struct Place: Hashable, Sendable {
    /// µs since 1970.
    public var arrival: Int64
    /// From 0, in stored order.
    public var ordinal: Int
    public var key: GroupKey
  }
  /// Something that one key had worst.
  public struct Worst: Hashable, Sendable {
    public var key: GroupKey
    public var rejected: Int64
    public var requests: Int64
  }

  public var requests: Int64 = 0
  public var rejected: Int64 = 0
  public var keys: Int64 = 0
  /// Keys with at least one rejection.
  public var keysHit: Int64 = 0
  /// From a key's first rejection to its next passing request, at its longest; where none passed any more, to its last
  /// rejection.
  public var lockout = Microseconds(0)
  /// Whose it was; nil without rejections.
  public var lockoutKey: GroupKey?
  /// The rejection that came first of all.
  public var first: Place?
  /// Who lost the largest share of its requests.
  public var worst: Worst?
  /// Rejections by minute, µs since 1970.
  public var minutes: [Int64: Int64] = [:]

  public init() {}

  /// The minute with most rejections; the first of equals.
  public var worstMinute: (start: Timestamp, rejected: Int64)? {
    minutes.min { ($1.value, $0.key) < ($0.value, $1.key) }.map { (Timestamp(microseconds: $0.key), $0.value) }
  }

  /// Takes in the tally of keys that come after this one's.
  mutating func merge(_ later: ReplayTally) {
    requests += later.requests
    rejected += later.rejected
    keys += later.keys
    keysHit += later.keysHit
    if later.lockout > lockout { (lockout, lockoutKey) = (later.lockout, later.lockoutKey) }
    if let place = later.first, first.map({ Self.isBefore(place, $0) }) ?? true { first = place }
    if let other = later.worst { add(other) }
    for (minute, count) in later.minutes { minutes[minute, default: 0] += count }
  }

  mutating func add(_ other: Worst) {
    guard let worst else { return worst = other }
    let (a, b) = (other.rejected &* worst.requests, worst.rejected &* other.requests)
    if (a, other.rejected, -other.key.first, -other.key.second)
      > (b, worst.rejected, -worst.key.first, -worst.key.second) { self.worst = other }
  }

  /// By arrival; between keys of one arrival by key, so that any number of parts gives the same.
  static func isBefore(_ a: Place, _ b: Place) -> Bool {
    (a.arrival, a.key.first, a.key.second, a.ordinal) < (b.arrival, b.key.first, b.key.second, b.ordinal)
  }
}
