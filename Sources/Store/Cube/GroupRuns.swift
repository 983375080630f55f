/// Where the rows of a batch go that are sorted by group, those of one group in their order.
struct GroupRuns {
  /// Groups that occur, ascending, and the places of each one's rows.
  private(set) var groups: [Int] = []
  private(set) var rows: [Range<Int>] = []
  /// First place of every group; of those that do not occur, 0.
  private(set) var places: [UInt32]

  init(_ ids: [UInt32], groups count: Int) {
    places = [UInt32](repeating: 0, count: count)
    for id in ids { places[Int(id)] &+= 1 }
    var next: UInt32 = 0
    for group in 0..<count where places[group] > 0 {
      groups.append(group)
      rows.append(Int(next)..<Int(next + places[group]))
      (places[group], next) = (next, next + places[group])
    }
  }
}
