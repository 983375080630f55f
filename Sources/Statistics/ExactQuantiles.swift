public import Traffic

/// Exact quantiles of a column for all groups at once, in two scans: one that counts, one that looks at the few values
/// that can be the answer.
///
/// The bucket of every rank is known exactly from the counts, so nothing is approximated and nothing is sorted. The
/// result does not depend on threads or order.
public enum ExactQuantiles {
  /// The quantiles of `value` per value of `group` (key 0 for all rows when nil), over rows that have a value.
  ///
  /// - Returns: groups by rising key.
  /// - Throws: what the source throws; `TooManyGroups`; `InconsistentPasses` when the two scans disagree.
  public static func of(
    _ value: ScanColumn, by group: ScanColumn? = nil, _ quantiles: [Quantile], filter: TrafficFilter = TrafficFilter(),
    threads: Int? = nil, in source: some TrafficSource
  ) async throws -> [GroupQuantiles] {
    let request = ScanRequest(
      columns: [group, value].compactMap { $0 }, filter: filter, order: .stored, threads: threads)
    let counting = QuantileCounts(group: group == nil ? nil : 0, value: group == nil ? 0 : 1)
    let counts = try await source.scan(request, counting)
    let plan = try QuantilePlan(counts, quantiles: quantiles)
    let selection = QuantileSelection(plan)
    let selected = plan.isSettled ? selection : try await source.scan(request, selection)
    return try selected.quantiles()
  }
}
