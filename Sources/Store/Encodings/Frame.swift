internal import Traffic

/// The affine map between values and small unsigned codes: `value = base + scale × code`, one code for absent.
///
///     | flags: bit 0 absents, bit 1 zig-zag, bit 2 scale follows | base: signed varint | scale: varint |
///
/// With absents, code 0 is absent and the others move up by one. Zig-zag serves values on both sides of zero, such as
/// differences; a base near zero then keeps frequent small ones small.
struct Frame {
  let base: Int64
  let scale: UInt64
  let hasAbsents: Bool
  let isZigZag: Bool

  /// Codes from the minimum up.
  init(offsetting values: ProfiledValues) {
    base = values.isAllAbsent ? 0 : values.minimum
    scale = values.scale
    hasAbsents = values.absentCount > 0
    isZigZag = false
  }

  /// Codes by distance from zero; nil where there is nothing on one of its sides or the distances are extreme.
  init?(centering values: ProfiledValues) {
    let extreme: Int64 = 1 << 60
    guard values.minimum < 0, values.maximum > 0, values.minimum > -extreme, values.maximum < extreme,
      values.scale < UInt64(extreme)
    else { return nil }
    let scale = Int64(values.scale)
    let rest = values.minimum % scale
    base = rest < 0 ? rest + scale : rest
    self.scale = values.scale
    hasAbsents = values.absentCount > 0
    isZigZag = true
  }

  /// Whether every value is its own code.
  var isIdentity: Bool { base == 0 && scale == 1 && !hasAbsents && !isZigZag }

  /// Writes the code of every value and returns the largest.
  func codes(of values: ProfiledValues, into codes: UnsafeMutablePointer<UInt64>) -> UInt64 {
    let input = values.values.baseAddress!
    let count = values.count
    let division = ExactDivision(by: scale)
    let lift: UInt64 = hasAbsents ? 1 : 0
    let base = base
    var largest: UInt64 = 0
    if isZigZag {
      for index in 0..<count {
        let value = input[index]
        let code = value == .absent ? 0 : zigZag(division.signedQuotient(value &- base)) &+ lift
        largest = max(largest, code)
        codes[index] = code
      }
    } else if scale == 1 {
      for index in 0..<count {
        let value = input[index]
        codes[index] = value == .absent ? 0 : UInt64(bitPattern: value &- base) &+ lift
      }
      largest = values.span
    } else {
      for index in 0..<count {
        let value = input[index]
        let code = division.quotient(UInt64(bitPattern: value &- base)) &+ lift
        codes[index] = value == .absent ? 0 : code
      }
      largest = values.span
    }
    return largest
  }

  func write(into sink: inout ByteSink) {
    sink.append((hasAbsents ? 1 : 0) | (isZigZag ? 2 : 0) | (scale != 1 ? 4 : 0))
    sink.append(signed: base)
    if scale != 1 { sink.append(varint: scale) }
  }

  init(from source: inout ByteSource) throws(CorruptSegment) {
    let flags = try source.byte()
    guard flags < 8 else { throw CorruptSegment(.header("frame flags")) }
    hasAbsents = flags & 1 != 0
    isZigZag = flags & 2 != 0
    base = try source.signed()
    scale = flags & 4 != 0 ? try source.varint() : 1
  }

  /// Replaces codes by values, in place.
  func restore(_ values: UnsafeMutableBufferPointer<Int64>) {
    guard let cells = values.baseAddress else { return }
    let lift: Int64 = hasAbsents ? 1 : 0
    let scale = Int64(bitPattern: scale)
    let base = base
    let count = values.count
    // Absent is written by masks: a branch on it would be mispredicted row after row.
    if isZigZag {
      for index in 0..<count {
        let code = cells[index]
        let isAbsent = (code &- lift) &>> 63
        let value = unZigZag(UInt64(bitPattern: code &- lift)) &* scale &+ base
        cells[index] = (value & ~isAbsent) | (.absent & isAbsent)
      }
    } else if hasAbsents {
      for index in 0..<count {
        let code = cells[index]
        let mask = (code | (0 &- code)) &>> 63
        let value = (code &- 1) &* scale &+ base
        cells[index] = (value & mask) | (.absent & ~mask)
      }
    } else if scale != 1 {
      for index in 0..<count { cells[index] = cells[index] &* scale &+ base }
    } else if base != 0 {
      for index in 0..<count { cells[index] = cells[index] &+ base }
    }
  }
}
