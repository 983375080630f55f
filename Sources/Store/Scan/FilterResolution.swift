internal import Traffic

/// Turns the texts of a filter into the numbers of a store.
enum FilterResolution {
  static func rule(
    _ condition: TrafficFilter.Condition, _ connection: borrowing Connection
  ) throws(StoreError) -> RowTest.Rule {
    switch condition.test {
    case .number(.notEqual, let value): return value == .absent ? .never : .differs(value)
    case .number(let comparison, let value): return comparison.range(value).map { .within($0) } ?? .never
    case .matches(let texts):
      return try rule(condition.column, texts.map(Glob.init), isNegated: false, connection)
    case .matchesNone(let texts):
      return try rule(condition.column, texts.map(Glob.init), isNegated: true, connection)
    }
  }

  private static func rule(
    _ column: ScanColumn, _ globs: [Glob], isNegated: Bool, _ connection: borrowing Connection
  ) throws(StoreError) -> RowTest.Rule {
    switch column {
    case .route: return .symbol(try .matching(globs, connection), isNegated: isNegated)
    case .source: return .symbol(try sources(globs, connection), isNegated: isNegated)
    case .stored(let stored):
      switch stored.kind {
      case .symbol: return .symbol(try .matching(globs, connection), isNegated: isNegated)
      case .address:
        let match = AddressMatch(globs: globs, symbols: try .matching(globs, connection))
        return .address(match, isNegated: isNegated)
      case .code: return .symbol(codes(of: stored, globs), isNegated: isNegated)
      case .time, .duration, .integer, .word: return .never
      }
    }
  }

  /// Codes whose word matches, as a set of small numbers.
  private static func codes(of column: RequestColumn, _ globs: [Glob]) -> SymbolSet {
    var set = SymbolSet()
    for (code, name) in column.codeNames.enumerated() where globs.contains(where: { $0.matches(name) }) {
      set.insert(Int64(code))
    }
    return set
  }

  /// Sources whose path or another known name matches.
  private static func sources(_ globs: [Glob], _ connection: borrowing Connection) throws(StoreError) -> SymbolSet {
    var set = SymbolSet()
    var rows = try connection.prepare(
      "SELECT id, path FROM source UNION ALL SELECT source, path FROM source_alias")
    while try rows.step() {
      let path = rows.text(1)
      if globs.contains(where: { $0.matches(path) }) { set.insert(rows.integer(0)) }
    }
    return set
  }
}
