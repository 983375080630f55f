public import Traffic

/// A limit that nobody wrote down for us: so many requests got through whenever others were rejected.
public struct QuotaCeiling: Hashable, Sendable {
  /// Requests that got through in the middle one of the windows with a rejection.
  public var limit: Int64
  public var window: Microseconds
  /// Windows with a rejection: the evidence.
  public var windows: Int64
  /// Of those, the ones that let through the limit, to a twentieth.
  public var agreeing: Int64
  /// Fewest and most that got through in a window with a rejection.
  public var fewest: Int64
  public var most: Int64

  /// Windows with a rejection that it takes, and the share of them that has to agree.
  static let windowsNeeded: Int64 = 5
  static let shareNeeded = 0.5

  /// The window whose ceiling is most constant; of equally constant ones the shortest. Nil where no window with
  /// rejections comes often enough or none is constant: then there is no telling what the limit is.
  /// - Parameters: windows with a rejection by the requests that got through, for each of `lengths`.
  init?(_ accepted: [[WindowLoads.Level]], lengths: [Microseconds]) {
    let ceilings = zip(accepted, lengths).compactMap { Self(levels: $0, window: $1) }
    guard let best = ceilings.map(\.share).max(), best >= Self.shareNeeded,
      let chosen = ceilings.first(where: { $0.share >= best - 0.05 })
    else { return nil }
    self = chosen
  }

  private init?(levels: [WindowLoads.Level], window: Microseconds) {
    let levels = levels.sorted { $0.offered < $1.offered }
    let windows = levels.reduce(0) { $0 + $1.windows }
    guard windows >= Self.windowsNeeded, let fewest = levels.first?.offered, let most = levels.last?.offered else {
      return nil
    }
    var below: Int64 = 0
    let middle = levels.first { level in
      below += level.windows
      return below * 2 > windows
    }
    // A window in which nothing got through says that the limit has a longer one.
    guard let limit = middle?.offered, limit > 0 else { return nil }
    self.limit = limit
    self.window = window
    self.windows = windows
    self.fewest = fewest
    self.most = most
    agreeing = levels.reduce(0) { sum, level in
      abs(level.offered - limit) * 20 <= limit ? sum + level.windows : sum
    }
  }

  private var share: Double { Double(agreeing) / Double(windows) }
}
