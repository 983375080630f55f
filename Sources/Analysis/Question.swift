public import Traffic

/// One question about traffic, recorded or simulated. A value holds what to ask; asking changes nothing.
///
/// A question asks the smallest thing that answers it: a cube for counts, sums and bounded percentiles, a scan only
/// for exact percentiles, peaks and order. Answers carry every count with its denominator and are in a fixed order,
/// so the same traffic gives the same answer for any number of threads.
public protocol Question: Sendable {
  associatedtype Answer: Sendable
  func answer(from traffic: any TrafficSource) async throws -> Answer
}

/// Which rows a question is about, and how many threads may work on it.
public struct Scope: Hashable, Sendable {
  public var filter: TrafficFilter
  /// Leaves out what is left of rows that are gone.
  public var onlyRows: Bool
  /// nil is one per core.
  public var threads: Int?

  public init(filter: TrafficFilter = TrafficFilter(), onlyRows: Bool = false, threads: Int? = nil) {
    self.filter = filter
    self.onlyRows = onlyRows
    self.threads = threads
  }
}
