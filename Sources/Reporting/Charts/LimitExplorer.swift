/// What every limit of a grid would have done to the night: read by moving two sliders.
public struct LimitExplorer: Hashable, Sendable {
  /// Anchor and JSON key.
  public var id: String
  public var title: String
  /// The grid: one row per rate and size, every one replayed.
  public var table: Table

  public init(id: String, title: String, table: Table) {
    self.id = id
    self.title = title
    self.table = table
  }
}
