import Foundation
import Gateways

/// Walks through all requests from the first, window by window.
struct WindowOracle: Oracle {
  let limit: Int64
  let window: WindowAlignment
  private var all: [Int64] = []

  init(limit: Int64, window: WindowAlignment) {
    self.limit = limit
    self.window = window
  }

  mutating func decide(at time: Int64) -> Int64 {
    all.append(time)
    switch window {
    case .aligned(let length, let origin):
      let number = { (time: Int64) in Int64((Double(time - origin) / Double(length)).rounded(.down)) }
      return all.count { number($0) == number(time) } > limit ? -1 : 0
    case .firstHit(let length, let strict):
      var (start, count) = (all[0], Int64(0))
      for request in all {
        if strict ? request > start + length : request >= start + length { (start, count) = (request, 0) }
        count += 1
      }
      return count > limit ? -1 : 0
    case .calendar:
      return 0
    }
  }
}

/// Foundation's Gregorian calendar in UTC, weeks from Monday.
struct CalendarOracle: Oracle {
  let limit: Int64
  let unit: CalendarUnit
  private let calendar: Calendar
  private var counts: [Date: Int64] = [:]

  init(limit: Int64, unit: CalendarUnit) {
    self.limit = limit
    self.unit = unit
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .gmt
    self.calendar = calendar
  }

  mutating func decide(at time: Int64) -> Int64 {
    let date = Date(timeIntervalSince1970: Double(time / 1_000_000))
    let components: [CalendarUnit: Calendar.Component] = [
      .second: .second, .minute: .minute, .hour: .hour, .day: .day, .week: .weekOfYear, .month: .month, .year: .year,
    ]
    guard let component = components[unit], let start = calendar.dateInterval(of: component, for: date)?.start else {
      return -1
    }
    counts[start, default: 0] += 1
    return counts[start, default: 0] > limit ? -1 : 0
  }
}

/// The counts of all windows, and the fraction on both sides of the comparison.
struct CounterOracle: Oracle {
  let limit: Int64
  let window: Int64
  let rule: SlidingCounterRule
  private var counts: [Int64: Int64] = [:]

  init(limit: Int64, window: Int64, rule: SlidingCounterRule) {
    self.limit = limit
    self.window = window
    self.rule = rule
  }

  mutating func decide(at time: Int64) -> Int64 {
    let number = time / window
    let current = counts[number, default: 0]
    var previous = counts[number - 1, default: 0]
    if rule.capsPrevious && previous > limit { previous = limit }
    let estimate = previous * (window - time % window) + (current + (rule.includesCurrent ? 1 : 0)) * window
    let isOver = rule.rejectsAtLimit ? estimate >= limit * window : estimate > limit * window
    if !isOver || rule.countsRejected { counts[number] = current + 1 }
    return isOver ? -1 : 0
  }
}

/// The list of all logged times.
struct LogOracle: Oracle {
  let limit: Int
  let window: Int64
  let keepsEdge: Bool
  let countsRejected: Bool
  private var log: [Int64] = []

  init(limit: Int, window: Int64, keepsEdge: Bool, countsRejected: Bool) {
    self.limit = limit
    self.window = window
    self.keepsEdge = keepsEdge
    self.countsRejected = countsRejected
  }

  mutating func decide(at time: Int64) -> Int64 {
    let inside = log.count { keepsEdge ? $0 >= time - window : $0 > time - window }
    if inside < limit || countsRejected { log.append(time) }
    return inside < limit ? 0 : -1
  }
}

/// Caddy's ring, slot by slot.
struct RingOracle: Oracle {
  let window: Int64
  let equality: RingEquality
  private var slots: [Int64?]
  private var cursor = 0

  init(limit: Int, window: Int64, equality: RingEquality) {
    self.window = window
    self.equality = equality
    slots = Array(repeating: nil, count: limit)
  }

  mutating func decide(at time: Int64) -> Int64 {
    if let oldest = slots[cursor] {
      if time - oldest < window { return -1 }
      if time - oldest == window, equality == .rejects { return -1 }
      if time - oldest == window, equality == .passesUnrecorded { return 0 }
    }
    slots[cursor] = time
    cursor = (cursor + 1) % slots.count
    return 0
  }
}

/// HAProxy's counter from the list of all counted times: periods follow one another from the first request, and begin
/// anew after two without any. Milliseconds.
struct FrequencyOracle: Oracle {
  let period: Int64
  let threshold: Int64
  let counting: FrequencyCounting
  private var counted: [Int64] = []

  init(period: Int64, threshold: Int64, counting: FrequencyCounting) {
    self.period = period
    self.threshold = threshold
    self.counting = counting
  }

  mutating func decide(at time: Int64) -> Int64 {
    let now = time / 1_000
    if counting == .beforeJudging { counted.append(now) }
    if value(at: now) > threshold { return -1 }
    if counting == .afterPassing { counted.append(now) }
    return 0
  }

  private func value(at now: Int64) -> Int64 {
    guard let first = counted.first else { return 0 }
    var (start, current, previous) = (first / 2 * 2, Int64(0), Int64(0))
    for time in counted {
      if time >= start + 2 * period {
        (start, current, previous) = (time / 2 * 2, 0, 0)
      } else if time >= start + period {
        (start, current, previous) = ((start + period) / 2 * 2, 0, current)
      }
      current += 1
    }
    // The part of the period before that the last `period` ms still overlap.
    if now <= start + period {
      return current + (Double(previous) * Double(start + period - now) / Double(period)).whole
    }
    if now > start + 2 * period { return 0 }
    if current == 1 { return 1 }
    return (Double(current) * Double(start + 2 * period - now) / Double(period)).whole
  }
}

extension Double {
  /// Rounded down, but for what the division has lost.
  fileprivate var whole: Int64 { Int64((self + 1e-9).rounded(.down)) }
}
