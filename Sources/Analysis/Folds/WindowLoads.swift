public import Statistics

/// How many requests were offered in each window of one key: all there is to know about pressure on a window limit.
public struct WindowLoads: Hashable, Sendable {
  /// So many windows were offered so many requests.
  public struct Level: Hashable, Sendable {
    public var offered: Int64
    public var windows: Int64
    public init(offered: Int64, windows: Int64) {
      self.offered = offered
      self.windows = windows
    }
  }

  /// Traffic times an exact fraction, such as 5/4.
  public struct Growth: Hashable, Sendable {
    public var numerator: Int64
    public var denominator: Int64
    public init(_ numerator: Int64, _ denominator: Int64 = 1) {
      precondition(numerator > 0 && denominator > 0, "growth is positive")
      self.numerator = numerator
      self.denominator = denominator
    }
    public static let none = Growth(1)
  }

  /// Windows with requests, by rising number of requests.
  public let levels: [Level]
  /// All windows of the span, those without requests included.
  public let windows: Int64

  /// - Parameter levels: in any order, each number of requests once, positive.
  public init(levels: [Level], windows: Int64) {
    self.levels = levels.sorted { $0.offered < $1.offered }
    self.windows = max(windows, levels.reduce(0) { $0 + $1.windows })
  }

  /// From the requests of every window.
  public init(offered: [Int64]) {
    let counts = Dictionary(grouping: offered.filter { $0 > 0 }, by: \.self).mapValues { Int64($0.count) }
    self.init(levels: counts.map { Level(offered: $0, windows: $1) }, windows: Int64(offered.count))
  }

  /// Most requests of one window.
  public var peak: Int64 { levels.last?.offered ?? 0 }

  public var requests: Int64 { levels.reduce(0) { $0 &+ $1.offered &* $1.windows } }

  /// Requests of the window at a quantile of all windows; nil where its tail holds fewer than ten.
  public func quantile(_ quantile: Quantile) -> Int64? {
    guard quantile.isSupported(by: Int(clamping: windows)) else { return nil }
    var above = windows - Int64(quantile.rank(in: Int(clamping: windows)))
    for level in levels.reversed() {
      if above < level.windows { return level.offered }
      above -= level.windows
    }
    return 0
  }

  /// Windows that use more than `percent` of a limit, when traffic grows.
  public func windows(above percent: Int64, of limit: Int64, growth: Growth = .none) -> Int64 {
    let bound = Int128(limit) * Int128(percent) * Int128(growth.denominator)
    return levels.reduce(0) { sum, level in
      Int128(level.offered) * 100 * Int128(growth.numerator) > bound ? sum + level.windows : sum
    }
  }

  /// Share of the offered requests that are beyond the limit of their window, 0…1, when traffic grows; 0 without any.
  public func excessShare(of limit: Int64, growth: Growth = .none) -> Double {
    let bound = Double(limit) * Double(growth.denominator)
    var (excess, offered) = (0.0, 0.0)
    for level in levels {
      let scaled = Double(level.offered) * Double(growth.numerator)
      excess += max(0, scaled - bound) * Double(level.windows)
      offered += scaled * Double(level.windows)
    }
    return offered > 0 ? excess / offered : 0
  }
}
