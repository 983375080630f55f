internal import Traffic

/// A condition of a filter on a column of rollups.
///
/// A condition on something that rollups do not keep never holds, as for an absent column. One on the status holds
/// where it holds for the whole class. A rollup counts for the window that holds its start.
struct RollupTest: Sendable {
  let column: RollupColumn
  let rule: RowTest.Rule

  init(_ test: RowTest, _ plan: ScanPlan) {
    switch test.subject {
    case .source: (column, rule) = (.source, test.rule)
    case .route: (column, rule) = (.route, test.rule)
    case .slot(let slot) where plan.columns[slot] == .status:
      (column, rule) = (.statusClass, Self.wholeClasses(test.rule))
    case .slot(let slot): (column, rule) = (RollupColumn(.stored(plan.columns[slot])), test.rule)
    }
  }

  /// The classes 1, 2 … of which every status passes: class 2 is 200 to 299.
  private static func wholeClasses(_ rule: RowTest.Rule) -> RowTest.Rule {
    guard case .within(let range) = rule, range.upperBound >= 199 else { return .never }
    let first = range.lowerBound <= 100 ? 1 : (range.lowerBound - 1) / 100 + 1
    let last = (range.upperBound - 99) / 100
    return first <= last ? .within(first...last) : .never
  }
}
