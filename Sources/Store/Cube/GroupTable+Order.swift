extension GroupTable {
  /// The groups by increasing key.
  ///
  /// Level by level: groups of one level lie by their parent's place, then by their value, so that nothing but two numbers
  /// is ever compared.
  var order: [Int] {
    var order = [0]
    for level in levels {
      var places = [Int](repeating: 0, count: order.count)
      for (place, group) in order.enumerated() { places[group] = place }
      order = level.order(parents: places)
    }
    return order
  }
}

extension GroupTable.Level {
  /// - Parameter places: of each parent in its level's order.
  fileprivate func order(parents places: [Int]) -> [Int] {
    var sorted = values.indices.map { (place: places[Int(parents[$0])], value: values[$0], group: $0) }
    sorted.sort { ($0.place, $0.value) < ($1.place, $1.value) }
    return sorted.map(\.group)
  }
}
