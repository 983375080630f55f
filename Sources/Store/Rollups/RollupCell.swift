internal import Traffic

/// What stays of the requests of one source, one stretch of time and one kind.
struct RollupCell: Hashable {
  struct Key: Hashable, Comparable {
    var source: Int64
    var start: Int64
    var grain: Int64
    /// `absent` where the requests had none.
    var template: Int64
    var routeName: Int64
    var method: Int64
    var outcome: Int64
    var statusClass: Int64
    var cache: Int64

    /// In the order of the table's columns.
    var parts: [Int64] {
      [source, start, grain, template, routeName, method, outcome, statusClass, cache]
    }
    static func < (a: Self, b: Self) -> Bool { a.parts.lexicographicallyPrecedes(b.parts) }
  }

  /// A sum over the requests that had the column.
  struct Sum: Hashable {
    var total: Int64 = 0
    var count: Int64 = 0
    mutating func merge(_ other: Sum) {
      total &+= other.total
      count &+= other.count
    }
  }

  var key: Key
  var requests: Int64
  var bytesIn: Sum
  var bytesOut: Sum
  var upstreamDuration: Sum
  var durations: LatencyHistogram

  mutating func merge(_ other: RollupCell) {
    requests &+= other.requests
    bytesIn.merge(other.bytesIn)
    bytesOut.merge(other.bytesOut)
    upstreamDuration.merge(other.upstreamDuration)
    durations.merge(other.durations)
  }
}
