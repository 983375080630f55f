/// Draws an index with given weights, one draw and at most two memory accesses each.
///
/// Source: Vose, *A linear algorithm for generating random numbers with a given distribution*, 1991.
struct WeightedChoice {
  /// Chance in 2³² to keep the cell drawn, and where to go otherwise.
  private struct Cell {
    var keep: UInt32
    var alias: UInt32
  }

  private let cells: [Cell]

  var count: Int { cells.count }

  init(weights: [Double]) {
    precondition(!weights.isEmpty, "a choice needs something to choose from")
    let total = weights.reduce(0, +)
    precondition(total > 0, "a choice needs a positive weight")
    var share = weights.map { $0 / total * Double(weights.count) }
    var cells = (0..<weights.count).map { Cell(keep: .max, alias: UInt32($0)) }
    var small = share.indices.filter { share[$0] < 1 }
    var large = share.indices.filter { share[$0] >= 1 }
    while let poor = small.popLast() {
      guard let rich = large.last else { break }
      cells[poor] = Cell(keep: UInt32(share[poor] * 0x1p32), alias: UInt32(rich))
      share[rich] -= 1 - share[poor]
      if share[rich] < 1 {
        large.removeLast()
        small.append(rich)
      }
    }
    self.cells = cells
  }

  @inline(__always)
  func draw(_ random: inout SeededGenerator) -> Int {
    let word = random.next()
    let index = Int(((word &>> 32) &* UInt64(cells.count)) &>> 32)
    let cell = cells[index]
    return UInt32(truncatingIfNeeded: word) < cell.keep ? index : Int(cell.alias)
  }

  /// Zipf's law with exponent 1: the k-th of `count` has weight 1 / k.
  static func zipf(_ count: Int) -> WeightedChoice {
    WeightedChoice(weights: (1...count).map { 1 / Double($0) })
  }

  /// A flatter Zipf's law, exponent ¾: weight 1 / (√k · ∜k).
  static func flatZipf(_ count: Int) -> WeightedChoice {
    WeightedChoice(
      weights: (1...count).map { rank in
        let root = Double(rank).squareRoot()
        return 1 / (root * root.squareRoot())
      })
  }
}
