public import Planning

/// What every limit of a grid would have done to the night: read by moving two sliders.
public struct LimitExplorer: Hashable, Sendable {
  /// Anchor and JSON key.
  public var id: String
  public var title: String
  /// The grid: one row per product, rate or window, and size, every one replayed.
  public var table: Table
  /// One per product, those in force first. Empty where there is only the table.
  public var grids: [Grid]

  public init(id: String, title: String, table: Table, grids: [Grid] = []) {
    self.id = id
    self.title = title
    self.table = table
    self.grids = grids
  }

  /// All limits of one product.
  public struct Grid: Hashable, Sendable {
    /// As `--for` calls it.
    public var product: String
    /// What the points are: rate or window.
    public var axis: LimitDialect.Axis
    /// What the product calls a size: `burst`.
    public var sizeWord: String
    /// What is counted by: `consumer`.
    public var keyWord: String
    /// All requests of the window.
    public var requests: Int64
    public var withoutKey: Int64
    /// Distinct keys.
    public var keys: Int64
    /// Keys that are spoken of, each once; others refer to them by place.
    public var names: [String]
    /// Sizes that all points share; empty where each has its own.
    public var sizes: [Int64]
    public var points: [Point]
    /// Those that need most, first.
    public var named: [Key]
    /// How to get the numbers again once a configuration is saved.
    public var command: String
    /// What must be known to read them right.
    public var notes: [String]

    public init(
      product: String, axis: LimitDialect.Axis, sizeWord: String, keyWord: String, requests: Int64, withoutKey: Int64,
      keys: Int64
    ) {
      (self.product, self.axis, self.sizeWord, self.keyWord) = (product, axis, sizeWord, keyWord)
      (self.requests, self.withoutKey, self.keys) = (requests, withoutKey, keys)
      (names, sizes, points, named, command, notes) = ([], [], [], [], "", [])
    }
  }

  /// One rate or window.
  public struct Point: Hashable, Sendable {
    /// `10r/s`, `per minute`.
    public var label: String
    /// Rising.
    public var sizes: [Int64]
    /// Rejects nothing, and one less rejects something.
    public var exact: Int64?
    /// By size: requests.
    public var rejected: [Int64]
    /// By size: keys with at least one rejection.
    public var keysHit: [Int64]
    /// By size: at most three, most rejections first.
    public var worst: [[Hit]]
    /// The product's own lines, where it can say the limit.
    public var configuration: SizedText?

    public init(
      label: String, sizes: [Int64], exact: Int64?, rejected: [Int64], keysHit: [Int64], worst: [[Hit]],
      configuration: SizedText?
    ) {
      (self.label, self.sizes, self.exact, self.rejected) = (label, sizes, exact, rejected)
      (self.keysHit, self.worst, self.configuration) = (keysHit, worst, configuration)
    }
  }

  /// A key by its place among the names, and its rejected requests.
  public struct Hit: Hashable, Sendable {
    public var name: Int
    public var rejected: Int64

    public init(name: Int, rejected: Int64) {
      self.name = name
      self.rejected = rejected
    }
  }

  /// One key alone.
  public struct Key: Hashable, Sendable {
    /// Place among the names.
    public var name: Int
    public var requests: Int64
    /// By point: rejects nothing of it.
    public var exact: [Int64?]
    /// By point, then by size of the point.
    public var rejected: [[Int64]]

    public init(name: Int, requests: Int64, exact: [Int64?], rejected: [[Int64]]) {
      (self.name, self.requests, self.exact, self.rejected) = (name, requests, exact, rejected)
    }
  }

  /// A text that differs from size to size by the size itself, and the sizes for which it differs otherwise: nginx has
  /// no `burst=0`.
  public struct SizedText: Hashable, Sendable {
    /// What stands between the sizes; at least one.
    public var parts: [String]
    /// Whole texts by size.
    public var exceptions: [Int64: String]

    public func text(of size: Int64) -> String { exceptions[size] ?? parts.joined(separator: String(size)) }

    /// Finds the text that sizes share.
    /// - Parameter text: nil where the size cannot be said.
    public init?(_ sizes: [Int64], _ text: (Int64) -> String?) {
      guard let sample = text(Self.stand) else { return nil }
      parts = sample.split(separator: String(Self.stand), omittingEmptySubsequences: false).map(String.init)
      exceptions = [:]
      for size in sizes {
        let words = text(size) ?? ""
        if words != self.text(of: size) { exceptions[size] = words }
      }
    }

    /// A number that no configuration has by itself.
    private static let stand: Int64 = 987_654_321
  }
}

extension LimitExplorer.Grid {
  /// Where the sliders stand first: the middle rate, and there the smallest size that rejects at most one request in a
  /// thousand.
  var start: (point: Int, size: Int) {
    let point = points.count / 2
    let size = points[point].rejected.firstIndex { $0 * 1_000 <= requests }
    return (point, size ?? points[point].sizes.count - 1)
  }
}
