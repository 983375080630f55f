internal import Traffic

extension CubeFold {
  /// Takes in rollups: each counts as all of its requests.
  mutating func absorb(_ rollups: borrowing RollupBatch, _ shape: RollupShape) {
    let rows = rollups.rows
    guard rows > 0 else { return }
    var ids = scratch.takeIDs(rows)
    ids.withUnsafeMutableBufferPointer { group(rollups.columns, shape.keys, $0) }
    ids.withUnsafeBufferPointer { ids in
      count(rollups[.requests], ids)
      for (index, measure) in shape.measures.enumerated() {
        switch measure {
        case .sum(let total, let count): add(rollups[total], counted: rollups[count], ids, to: index)
        case .durations: addSketches(rollups, ids, to: index)
        case .nothing: break
        }
      }
    }
    scratch.giveBack(ids)
  }

  private mutating func count(_ added: UnsafePointer<Int64>, _ ids: UnsafeBufferPointer<UInt32>) {
    requests.withUnsafeMutableBufferPointer { requests in
      for row in ids.indices { requests[Int(ids[row])] &+= added[row] }
    }
  }

  private mutating func add(
    _ totals: UnsafePointer<Int64>, counted: UnsafePointer<Int64>, _ ids: UnsafeBufferPointer<UInt32>, to index: Int
  ) {
    sums[index].withUnsafeMutableBufferPointer { sums in
      for row in ids.indices {
        let id = Int(ids[row])
        sums[id].total &+= totals[row]
        sums[id].count &+= counted[row]
      }
    }
  }

  private mutating func addSketches(
    _ rollups: borrowing RollupBatch, _ ids: UnsafeBufferPointer<UInt32>, to index: Int
  ) {
    scratch.withRoom { room in
      histograms[index].withUnsafeMutableBufferPointer { histograms in
        rollups.forEachSketch { row, sketch in histograms[Int(ids[row])].absorb(sketch, &room) }
      }
    }
  }
}
