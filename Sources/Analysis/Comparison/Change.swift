import Statistics
public import Traffic

/// One measure of one subject in two windows, and whether the difference is news.
public struct Change: Hashable, Sendable {
  public enum Measure: Int, CaseIterable, Hashable, Sendable {
    case rate = 0, errors, limited, cacheHits, p50, p95, p99, bytes

    /// JSON value: `error_ratio`.
    public var name: String {
      switch self {
      case .rate: "rate"
      case .errors: "error_ratio"
      case .limited: "limited_ratio"
      case .cacheHits: "cache_hit_ratio"
      case .p50: "p50"
      case .p95: "p95"
      case .p99: "p99"
      case .bytes: "bytes_per_request"
      }
    }

    /// For people: `error ratio`.
    public var label: String {
      switch self {
      case .rate: "requests per second"
      case .errors: "error ratio"
      case .limited: "limited ratio"
      case .cacheHits: "cache hit ratio"
      case .p50, .p95, .p99: name
      case .bytes: "bytes per request"
      }
    }

    /// Of its values: `per_second`, `ratio`, `us`, `bytes`.
    public var unit: String {
      switch self {
      case .rate: "per_second"
      case .errors, .limited, .cacheHits: "ratio"
      case .p50, .p95, .p99: "us"
      case .bytes: "bytes"
      }
    }

    /// A change is a difference of shares (0.01: one point), and not relative to the earlier value (0.3: 30 % more).
    public var isShare: Bool { unit == "ratio" }

    /// Less is better, more is better, or neither.
    public var isBetterWhenLess: Bool? {
      switch self {
      case .errors, .limited, .p50, .p95, .p99: true
      case .cacheHits: false
      case .rate, .bytes: nil
      }
    }

    var quantile: Quantile? {
      switch self {
      case .p50: .p50
      case .p95: .p95
      case .p99: .p99
      default: nil
      }
    }

    /// Requests, lookups or durations below which both windows say too little.
    var samplesNeeded: Int64 { quantile.map { Int64($0.fewestSamples) } ?? 100 }
  }

  public enum Verdict: Hashable, Sendable {
    /// The interval excludes no change, and the change is larger than `SmallestEffect`.
    case news
    /// Beyond noise, and too small to matter.
    case small
    /// The interval includes no change.
    case noise
    /// Too few samples, blocks or resamples with a value to say.
    case tooFew(samples: Int64, needed: Int64)
    /// No request in the earlier window, and 20 or more in the later (by chance: e⁻²⁰).
    case appeared
    case vanished

    public var isNews: Bool {
      switch self {
      case .news, .appeared, .vanished: true
      case .small, .noise, .tooFew: false
      }
    }

    public var name: String {
      switch self {
      case .news: "news"
      case .small: "small"
      case .noise: "noise"
      case .tooFew: "too few"
      case .appeared: "new"
      case .vanished: "vanished"
      }
    }
  }

  public var subject: ComparisonSubject
  public var measure: Measure
  public var earlier: Cell
  public var later: Cell
  /// Requests that the two values rest on.
  public var earlierSamples: Int64
  public var laterSamples: Int64
  /// Relative, or of shares the difference; nil where one of the values is missing or the earlier is 0.
  public var size: Double?
  /// 95 % of `size`.
  public var interval: ClosedRange<Double>?
  public var verdict: Verdict

  /// Half the interval's length: what may be noise.
  public var noise: Double? { interval.map { ($0.upperBound - $0.lowerBound) / 2 }.flatMap { $0.isFinite ? $0 : nil } }

  /// Got better; nil where nobody can say, or it is no news.
  public var isImprovement: Bool? {
    guard case .news = verdict, let size, let less = measure.isBetterWhenLess else { return nil }
    return (size < 0) == less
  }
}

/// Changes smaller than these are told as "no change", however sure they are: nobody acts on them.
public enum SmallestEffect {
  /// Relative.
  public static let rate = 0.05
  /// Relative, and half a millisecond at least.
  public static let latency = 0.10
  public static let latencyLength = Microseconds(500)
  /// Relative.
  public static let bytes = 0.10
  /// Points of the share, and relative to the larger of the two.
  public static let failures = 0.001
  public static let failuresRelative = 0.2
  /// Points of the share.
  public static let cacheHits = 0.02

  static func isReached(_ measure: Change.Measure, from earlier: Double, to later: Double) -> Bool {
    let difference = (later - earlier).magnitude
    switch measure {
    case .rate: return difference >= rate * earlier
    case .bytes: return difference >= bytes * earlier
    case .cacheHits: return difference >= cacheHits
    case .errors, .limited: return difference >= failures && difference >= failuresRelative * max(earlier, later)
    case .p50, .p95, .p99: return difference >= latency * earlier && difference >= Double(latencyLength.count)
    }
  }
}
