internal import Traffic

/// A condition of a filter, resolved against one store: numbers and symbol sets only.
struct RowTest: Sendable {
  enum Subject: Sendable, Hashable {
    /// A slot of the plan.
    case slot(Int)
    case route
    case source
  }
  enum Rule: Sendable {
    /// Within bounds that never include `absent`.
    case within(ClosedRange<Int64>)
    /// Present and different.
    case differs(Int64)
    /// Symbol in the set, or, negated, present and not in it.
    case symbol(SymbolSet, isNegated: Bool)
    /// Client address whose text matches one of the globs.
    case address(AddressMatch, isNegated: Bool)
    /// Nothing matches: an empty range, or a test that does not fit the column.
    case never
  }

  let subject: Subject
  let rule: Rule

  /// Whether no value of a column with this zone map can pass.
  func excludes(_ entry: ColumnEntry?) -> Bool {
    guard let entry else { return true }
    switch rule {
    case .within(let range): return entry.maximum < range.lowerBound || entry.minimum > range.upperBound
    case .differs(let value): return entry.minimum == value && entry.maximum == value
    case .never: return true
    case .symbol, .address: return false
    }
  }

  /// Whether every row of a column with this zone map passes.
  func isCertain(for entry: ColumnEntry?) -> Bool {
    guard let entry, entry.absentCount == 0, case .within(let range) = rule else { return false }
    return range.contains(entry.minimum) && range.contains(entry.maximum)
  }
}

/// Globs over client addresses.
struct AddressMatch: Sendable {
  let globs: [Glob]
  /// Symbols of addresses that are no IPv4 number.
  let symbols: SymbolSet

  func matches(_ code: Int64) -> Bool {
    if code >= ClientAddress.symbolBase { return symbols.contains(code - ClientAddress.symbolBase) }
    let text = ClientAddress.ipv4Text(code)
    return globs.contains { $0.matches(text) }
  }
}

extension TrafficFilter.Condition.Comparison {
  /// The values that pass, `absent` never among them; nil when there are none, or for `notEqual`.
  func range(_ value: Int64) -> ClosedRange<Int64>? {
    let lowest = Int64.absent + 1
    switch self {
    case .equal: return value == .absent ? nil : value...value
    case .notEqual: return nil
    case .less: return value > lowest ? lowest...(value - 1) : nil
    case .lessOrEqual: return value >= lowest ? lowest...value : nil
    case .greater: return value < .max ? max(lowest, value + 1)...(.max) : nil
    case .greaterOrEqual: return max(lowest, value)...(.max)
    }
  }
}
