import Analysis
import Traffic

extension Report {
  /// How to get a number again: the query over the report's own rows, or where rollups hold a part of them, which SQL
  /// does not see, the command.
  /// - Parameter select: what stands before `FROM requests`; `rest` stands after the conditions.
  func follow(
    _ select: String, where conditions: [String] = [], _ rest: String = "", or command: String
  ) -> Derivation {
    guard night.rolledUp == 0 else { return .command(command) }
    return .query(ReportQuery(night).select([select], where: conditions, rest))
  }
}

extension LatencySummary {
  /// A percentile by its key: absent without samples, and told as too few where its tail would hold fewer than ten.
  func percentile(_ key: String) -> Cell {
    guard let place = ReportedQuantile.all.firstIndex(where: { $0.key == key }) else {
      preconditionFailure("a page shows reported percentiles only")
    }
    if let value = quantiles[place] { return .duration(value) }
    guard samples > 0 else { return .absent }
    return .tooFew(samples: samples, needed: ReportedQuantile.all[place].samplesNeeded)
  }
}
