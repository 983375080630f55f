/// HAProxy `http_req_rate(P)` of a stick table, tracked before it is judged.
/// - Source: include/haproxy/freq_ctr.h, src/freq_ctr.c.
struct FrequencyCounterOracle: LimitOracle {
  /// The one that counts, and reads, one key.
  private struct Counter {
    var tick: Int64 = 0
    var current: Int64 = 0
    var previous: Int64 = 0

    mutating func add(at now: Int64, period: Int64) {
      if now - tick < period {
        current += 1
        return
      }
      previous = current
      current = 1
      tick += period
      if now - tick >= period {
        previous = 0
        tick = now
      }
      tick &= ~1
    }

    func read(at now: Int64, period: Int64) -> Int64 {
      var (rest, previous, current) = (tick + period - now, previous, current)
      if rest < 0 {
        rest += period
        previous = rest >= 0 ? current : 0
        current = 0
      }
      return current == 0 && previous <= 1 ? previous : (previous * rest + current * period) / period
    }
  }

  /// ms.
  let period: Int64
  /// More than this is rejected.
  let threshold: Int64
  private var counters: [String: Counter] = [:]

  init(period: Int64, threshold: Int64) {
    self.period = period
    self.threshold = threshold
  }

  func verdict(_ request: ArrivedRequest) -> ProvenVerdict {
    var counter = counters[request.key] ?? Counter()
    counter.add(at: request.arrival / 1_000, period: period)
    return counter.read(at: request.arrival / 1_000, period: period) > threshold ? .rejected : .passed
  }

  mutating func account(_ request: ArrivedRequest, wasAccepted: Bool) {
    counters[request.key, default: Counter()].add(at: request.arrival / 1_000, period: period)
  }
}
