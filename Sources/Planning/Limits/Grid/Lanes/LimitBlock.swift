internal import Gateways
internal import Traffic

/// Some of the limits that are asked about, whose rejections are counted in one pass over a key's arrivals.
struct LimitBlock: Sendable {
  /// Places in the list that was asked, one per limit.
  let places: [Int]
  let counter: any BlockCounter
}

/// Counts what several limits reject of one key after the other.
protocol BlockCounter: Sendable {
  /// Adds the rejections by each limit to `counts`, which has a place for each.
  /// - Parameter enough: a limit that has more need not be counted any further.
  func add(_ group: Int, _ traffic: GridTraffic, to counts: UnsafeMutablePointer<Int64>, enough: Int64)
}

/// Limits of one point, followed through every state that some size may reject.
struct PointCounter: BlockCounter {
  private let lanes: any SizeLanes
  private let point: Int?
  private let least: Int64
  private let needs: GridNeeds?

  /// - Parameter point: its place in `needs`; nil where that does not know it.
  init(_ lanes: any SizeLanes, least: Int64, at point: Int?, _ needs: GridNeeds?) {
    (self.lanes, self.least, self.point, self.needs) = (lanes, least, point, needs)
  }

  func add(_ group: Int, _ traffic: GridTraffic, to counts: UnsafeMutablePointer<Int64>, enough: Int64) {
    if let point, let needs, !needs.mayReject(group, at: point, size: least) { return }
    for state in traffic.groups[group] where traffic.states.requests(of: state) > least {
      traffic.states.withArrivals(of: state) { lanes.add($0, to: counts) }
    }
  }
}
