internal import Traffic

/// A column as its distance from another column of the same segment. One level: the other one is never relative.
///
///     | 16 + relation | column number: UInt8 | distances: nested |
///
/// An absent value stays absent; where the other column is absent, it counts as 0. Gateways give the reasons: an
/// upstream takes a little less than the request, its status is nearly always the one sent on, and a log stamped at
/// the end of requests is sorted by arrival + duration, not by arrival.
enum Relation: UInt8 {
  /// value = reference − distance
  case below = 16
  /// value = distance − reference
  case sum = 17

  /// Relations worth trying, by column.
  static func candidate(for column: RequestColumn) -> (relation: Relation, reference: RequestColumn)? {
    switch column {
    case .arrival: (.sum, .duration)
    case .upstreamDuration, .firstByte: (.below, .duration)
    case .upstreamStatus: (.below, .status)
    default: nil
    }
  }

  /// Writes distances; false when one of them would read as absent.
  func distances(
    of values: UnsafeBufferPointer<Int64>, to reference: UnsafeBufferPointer<Int64>,
    into output: UnsafeMutablePointer<Int64>
  ) -> Bool {
    let isSum = self == .sum
    var isSafe = true
    for row in 0..<values.count {
      let value = values[row]
      let other = reference[row] == .absent ? 0 : reference[row]
      let distance = isSum ? value &+ other : other &- value
      isSafe = isSafe && (value == .absent || distance != .absent)
      output[row] = value == .absent ? .absent : distance
    }
    return isSafe
  }

  /// Replaces distances by values, in place.
  func restore(_ values: UnsafeMutableBufferPointer<Int64>, reference: UnsafePointer<Int64>) {
    let isSum = self == .sum
    for row in 0..<values.count {
      let distance = values[row]
      let other = reference[row] == .absent ? 0 : reference[row]
      let value = isSum ? distance &- other : other &- distance
      values[row] = distance == .absent ? .absent : value
    }
  }
}
