/// Something in a store that is not as it was written.
public struct StoreProblem: Hashable, Sendable, CustomStringConvertible {
  /// Where: a table, a source, a segment and column.
  public var place: String
  public var finding: String

  public init(_ place: String, _ finding: String) {
    self.place = place
    self.finding = finding
  }

  public var description: String { "\(place): \(finding)" }
}
