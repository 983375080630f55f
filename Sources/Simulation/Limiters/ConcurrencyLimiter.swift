public import Gateways
import Traffic

/// So many requests at a time: the next is rejected, waits in a queue, or goes on after a delay.
///
/// - Source: nginx `limit_conn`, Traefik `inFlightReq`, HAProxy `maxconn` with its queue, APISIX `limit-conn`.
public struct ConcurrencyLimiter: ConcurrencyControl {
  private struct Waiting {
    var request: Int
    /// µs; `.max` for ever.
    var deadline: Int64
  }

  public private(set) var inProgress: Int64 = 0
  private let settings: ConcurrencySettings
  /// First in, first out, from `first` on.
  private var queue: [Waiting] = []
  private var first = 0
  /// APISIX's delay per full block of requests, µs.
  private var delayPerBlock: Double

  public init(_ settings: ConcurrencySettings) {
    self.settings = settings
    delayPerBlock = Double(max(0, settings.delayPerBlock ?? 0))
  }

  /// At least 1: a first request is always let in.
  private var limit: Int64 { max(1, settings.limit) }

  /// Requests that wait.
  public var waiting: Int { queue.count - first }

  public var deadline: Int64? {
    guard first < queue.count, queue[first].deadline != .max else { return nil }
    return queue[first].deadline
  }

  public mutating func enter(_ request: Int, at time: Int64) -> ConcurrencyEntry {
    if settings.delayPerBlock != nil { return enterDelayed() }
    if inProgress < limit {
      inProgress += 1
      return .admitted
    }
    guard waiting < settings.queue else { return .rejected }
    let deadline = settings.queueTimeout.map { time.clampedSum(max(0, $0)) }
    queue.append(Waiting(request: request, deadline: deadline ?? .max))
    return .queued
  }

  /// The wait grows by the unit with every full block of `limit` requests before this one.
  private mutating func enterDelayed() -> ConcurrencyEntry {
    guard inProgress < limit.clampedSum(max(0, settings.queue)) else { return .rejected }
    inProgress += 1
    guard inProgress > limit else { return .admitted }
    let delay = Int64(clamping: delayPerBlock * Double((inProgress - 1) / limit))
    return delay > 0 ? .delayed(delay) : .admitted
  }

  public mutating func leave(_ departure: Departure) -> Int? {
    if settings.learnsDelay { delayPerBlock = (delayPerBlock + Double(departure.latency)) / 2 }
    guard first < queue.count else {
      inProgress = max(0, inProgress - 1)
      return nil
    }
    // The place goes from hand to hand.
    return removeFirst()
  }

  public mutating func expire(at time: Int64) -> Int? {
    guard first < queue.count, queue[first].deadline <= time else { return nil }
    return removeFirst()
  }

  public mutating func withdraw() { inProgress = max(0, inProgress - 1) }

  private mutating func removeFirst() -> Int {
    let request = queue[first].request
    first += 1
    if first == queue.count || first > 1_024 && first > queue.count / 2 {
      queue.removeFirst(first)
      first = 0
    }
    return request
  }
}
