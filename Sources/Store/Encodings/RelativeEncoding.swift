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
    // distance = reference − value, or with the reference negated and all of it negated again: a sum.
    let sign: Int64 = self == .sum ? -1 : 0
    var unsafe: Int64 = 0
    for row in 0..<values.count {
      let value = values[row]
      let other = reference[row]
      let distance = ((other & isPresent(other)) &- ((value ^ sign) &- sign))
      unsafe |= isPresent(value) & ~isPresent(distance)
      output[row] = (distance & isPresent(value)) | (.absent & ~isPresent(value))
    }
    return unsafe == 0
  }

  /// Replaces distances by values, in place.
  func restore(_ values: UnsafeMutableBufferPointer<Int64>, reference: UnsafePointer<Int64>) {
    guard let cells = values.baseAddress else { return }
    // value = ±(reference − distance); a sum is the negative.
    let sign: Int64 = self == .sum ? -1 : 0
    for row in 0..<values.count {
      let distance = cells[row]
      let other = reference[row]
      let value = (((other & isPresent(other)) &- distance) ^ sign) &- sign
      cells[row] = (value & isPresent(distance)) | (.absent & ~isPresent(distance))
    }
  }
}

/// All bits set for a value that is there, none for absent; without a branch, which rows would mispredict.
@inline(__always)
private func isPresent(_ value: Int64) -> Int64 {
  let bits = value ^ .absent
  return (bits | (0 &- bits)) &>> 63
}
