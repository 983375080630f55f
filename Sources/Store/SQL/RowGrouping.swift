/// Brings rows of equal values together, by counting: only the values are compared, not the rows.
enum RowGrouping {
  /// The rows by rising value; rows of one value stay in their order.
  /// - Parameter rises: whether a value stands before another one.
  static func order(of values: [Int64], _ rises: (Int64, Int64) -> Bool) -> [UInt32] {
    var (groups, groupOf) = count(values)
    var start: UInt32 = 0
    for group in groups.indices.sorted(by: { rises(groups[$0].value, groups[$1].value) }) {
      let rows = groups[group].rows
      groups[group].rows = start
      start += rows
    }
    // From here on `rows` is the place of the group's next row.
    var order = [UInt32](repeating: 0, count: values.count)
    for row in groupOf.indices {
      let group = Int(groupOf[row])
      order[Int(groups[group].rows)] = UInt32(row)
      groups[group].rows += 1
    }
    groupOf.removeAll()
    return order
  }

  /// Distinct values with their rows, and the one of each row.
  private static func count(_ values: [Int64]) -> (groups: [(value: Int64, rows: UInt32)], groupOf: [UInt32]) {
    var numbers: [Int64: Int] = [:]
    var groups: [(value: Int64, rows: UInt32)] = []
    var groupOf = [UInt32](repeating: 0, count: values.count)
    var latest = (value: Int64.min, group: -1)
    for (row, value) in values.enumerated() {
      if latest.group < 0 || latest.value != value {
        let group = numbers[value] ?? groups.count
        if group == groups.count {
          numbers[value] = group
          groups.append((value, 0))
        }
        latest = (value, group)
      }
      groupOf[row] = UInt32(latest.group)
      groups[latest.group].rows += 1
    }
    return (groups, groupOf)
  }
}
