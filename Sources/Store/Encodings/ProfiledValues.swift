internal import Traffic

/// Values to encode, with what one pass over them and a look at a sample tell.
struct ProfiledValues {
  let values: UnsafeBufferPointer<Int64>
  /// Depth of nesting; 0 is the column itself.
  let level: Int
  let hint: ValueHint
  /// Extremes of the values that are not absent; `.max` and `.min` when there are none.
  let minimum: Int64
  let maximum: Int64
  let absentCount: Int
  /// Stretches of equal neighbours.
  let runs: Int
  /// Greatest known number that divides the difference of any two values; 1 or more.
  let scale: UInt64

  var count: Int { values.count }
  var isAllAbsent: Bool { absentCount == values.count }
  /// Values a decoder must tell apart, less one: `(maximum − minimum) / scale`, plus one for absent.
  var span: UInt64 {
    isAllAbsent ? 0 : UInt64(bitPattern: maximum &- minimum) / scale + (absentCount > 0 ? 1 : 0)
  }

  init(_ values: UnsafeBufferPointer<Int64>, level: Int = 0, hint: ValueHint = .none) {
    self.values = values
    self.level = level
    self.hint = hint
    // Without branches: absents and changes come unpredictably. Absent is the smallest integer, so it cannot raise the
    // maximum; less one it is the largest, so it cannot lower the minimum of values less one.
    var lowest = Int64.max
    var maximum = Int64.min
    var present: UInt64 = 0
    var changes: UInt64 = 0
    var previous: Int64 = values.isEmpty ? 0 : values[0]
    for index in 0..<values.count {
      let value = values[index]
      lowest = min(lowest, value &- 1)
      maximum = max(maximum, value)
      present &+= isNonzero(UInt64(bitPattern: value ^ .min))
      changes &+= isNonzero(UInt64(bitPattern: value ^ previous))
      previous = value
    }
    let absents = values.count - Int(present)
    let minimum = absents == values.count ? .max : lowest + 1
    self.minimum = minimum
    self.maximum = maximum
    absentCount = absents
    runs = values.isEmpty ? 0 : Int(changes) + 1
    scale = absents == values.count ? 1 : Self.commonScale(values, minimum: minimum, range: maximum &- minimum)
  }

  /// Numbers of a dictionary, most frequent first, that were profiled while they were written.
  init(ranks: UnsafeBufferPointer<Int64>, distinct: Int, absentCount: Int, changes: Int) {
    values = ranks
    level = 0
    hint = .ranks
    minimum = distinct > 0 ? 0 : .max
    maximum = distinct > 0 ? Int64(distinct) - 1 : .min
    self.absentCount = absentCount
    runs = ranks.isEmpty ? 0 : changes + 1
    scale = 1
  }

  /// The greatest common divisor of all `value − minimum`; 1 where they have none.
  ///
  /// Nearly always settled by a few values; a column of milliseconds in µs takes one multiplication per row.
  private static func commonScale(
    _ values: UnsafeBufferPointer<Int64>, minimum: Int64, range: Int64
  ) -> UInt64 {
    var divisor = UInt64(bitPattern: range)
    guard divisor > 1 else { return 1 }
    let stride = max(1, values.count / 64)
    var index = 0
    while index < values.count, divisor > 1 {
      if values[index] != .absent { divisor = gcd(divisor, UInt64(bitPattern: values[index] &- minimum)) }
      index += stride
    }
    guard divisor > 1 else { return 1 }
    var exact = ExactDivision(by: divisor)
    for value in values {
      let offset = UInt64(bitPattern: value &- minimum)
      if exact.divides(offset) || value == .absent { continue }
      divisor = gcd(divisor, offset)
      if divisor == 1 { return 1 }
      exact = ExactDivision(by: divisor)
    }
    return divisor
  }

  private static func gcd(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}

/// 1 for any bit set, else 0, without a branch.
@inline(__always)
func isNonzero(_ bits: UInt64) -> UInt64 { (bits | (0 &- bits)) &>> 63 }

/// Division of exact multiples by a shift and a multiplication.
///
/// - Source: Warren, *Hacker's Delight*, 2nd ed., §10–16 and §10–17.
struct ExactDivision {
  private let shift: UInt64
  private let inverse: UInt64
  private let limit: UInt64

  init(by divisor: UInt64) {
    precondition(divisor > 0, "nothing is divided by zero")
    shift = UInt64(divisor.trailingZeroBitCount)
    let odd = divisor >> shift
    var inverse = odd  // right in the low 3 bits; each step doubles them
    for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
    self.inverse = inverse
    limit = UInt64.max / odd
  }

  @inline(__always)
  func divides(_ value: UInt64) -> Bool {
    let lowBits = value & ((1 &<< shift) &- 1)
    return lowBits == 0 && (value &>> shift) &* inverse <= limit
  }

  /// - Precondition: `value` is a multiple of the divisor.
  @inline(__always)
  func quotient(_ value: UInt64) -> UInt64 { (value &>> shift) &* inverse }

  /// - Precondition: `value` is a multiple of the divisor.
  @inline(__always)
  func signedQuotient(_ value: Int64) -> Int64 {
    Int64(bitPattern: UInt64(bitPattern: value &>> Int64(bitPattern: shift)) &* inverse)
  }
}
