import Analysis
import Store
import Traffic

@testable import Reporting

/// Follows every number of a document: runs the query beside it and says where the answer is another one, or where a
/// number has nothing beside it.
struct FollowedNumbers {
  private(set) var differences: [String] = []
  /// Queries that were run.
  private(set) var queries = 0
  private let store: TrafficStore
  private var place = ""

  init(_ document: Document, in store: TrafficStore) {
    self.store = store
    for block in document.blocks { follow(block) }
  }

  // MARK: Blocks

  private mutating func follow(_ block: Document.Block) {
    switch block {
    case .facts(let facts): for fact in facts { follow(fact) }
    case .table(let table): follow(table)
    case .figure(let figure): follow(figure.table)
    case .explorer(let explorer): follow(explorer.table)
    case .statement(let statement): follow(statement)
    case .finding(let finding): for evidence in finding.evidence { follow(evidence, of: finding) }
    case .section(let section):
      place = section.id
      for block in section.blocks { follow(block) }
    case .paragraph, .note, .verbatim: break
    }
  }

  private mutating func follow(_ fact: Fact) {
    let name = "fact \(fact.key)"
    guard let answer = answer(fact.derivation, for: [fact.value], name), let row = only(answer, name) else { return }
    compare(fact.value, fact.key, fact.value.kind, row, name)
  }

  private mutating func follow(_ evidence: Finding.Evidence, of finding: Finding) {
    let name = "\(finding.id) \(evidence.key)"
    guard let answer = answer(evidence.derivation, for: [evidence.value], name), let row = only(answer, name) else {
      return
    }
    compare(evidence.value, evidence.key, evidence.value.kind, row, name)
  }

  private mutating func follow(_ statement: Statement) {
    let name = "statement \(statement.key)"
    let numbers = statement.sentence.values.filter(\.isNumber)
    guard let answer = answer(statement.derivation, for: numbers, name), only(answer, name) != nil else { return }
    let expected = numbers.flatMap(\.followedParts)
    let found = answer.rows[0]
    if expected != found { differ(name, "says \(expected), SQL says \(found)") }
  }

  private mutating func follow(_ table: Table) {
    let name = "table \(table.key)"
    guard let answer = answer(table.derivation, for: table.rows.flatMap { $0 }, name) else { return }
    guard answer.rows.count == table.rows.count else {
      return differ(name, "has \(table.rows.count) rows, SQL gives \(answer.rows.count)")
    }
    for (number, row) in table.rows.enumerated() {
      let values = answer.named(number)
      for (column, cell) in zip(table.columns, row) {
        compare(cell, column.key, column.kind, values, "\(name) row \(number)")
      }
    }
  }

  // MARK: Answers

  struct Answer {
    var names: [String] = []
    var rows: [[SQLValue]] = []
    func named(_ row: Int) -> [String: SQLValue] {
      Dictionary(zip(names, rows[row]).map { ($0, $1) }) { first, _ in first }
    }
  }

  /// The answer to the query beside some cells; nil where there is none to compare with.
  private mutating func answer(_ derivation: Derivation?, for cells: [Cell], _ name: String) -> Answer? {
    switch derivation {
    case .command: return nil
    case nil:
      if cells.contains(where: \.isNumber) { differ(name, "has a number that nothing stands beside") }
      return nil
    case .query(let sql):
      queries += 1
      do {
        return try ask(sql)
      } catch {
        differ(name, "\(error) for \(sql)")
        return nil
      }
    }
  }

  private func ask(_ sql: String) throws -> Answer {
    let session = try SQLSession(store)
    var rows = try session.run(sql)
    var answer = Answer(names: rows.names)
    while let row = try rows.next() { answer.rows.append(row) }
    return answer
  }

  private mutating func only(_ answer: Answer, _ name: String) -> [String: SQLValue]? {
    guard answer.rows.count == 1 else {
      differ(name, "SQL gives \(answer.rows.count) rows")
      return nil
    }
    return answer.named(0)
  }

  private mutating func differ(_ name: String, _ what: String) { differences.append("\(place): \(name) \(what)") }

  // MARK: Comparison

  private mutating func compare(
    _ cell: Cell, _ key: String, _ kind: Column.Kind, _ row: [String: SQLValue], _ name: String
  ) {
    let machineKey = Column.machineKey(key, kind)
    let value = row[machineKey] ?? row[key]
    switch cell {
    case .tooFew: return
    case .absent:
      let parts = [value, row[key + "_of"]].compactMap { $0 }
      if parts.contains(where: { $0 != .null && $0 != .integer(0) }) { differ(name, "\(key) is absent, SQL says \(parts)") }
    case .ratio(let part, let whole):
      expect([.integer(part), .integer(whole)], [row[key + "_part"], row[key + "_of"]], key, name)
    case .rate(let count, let length):
      if let value, length.count > 0 {
        expect([.real(Double(count) * 1e6 / Double(length.count))], [value], key, name)
      } else {
        expect([.integer(count), .integer(length.count)], [row[key + "_count"], row[key + "_over_us"]], key, name)
      }
    case .timestamp(let time):
      guard value != .text(TimeText.iso(time)) else { return }
      expect([.integer(time.microseconds)], [value], key, name)
    case .spread(let lengths):
      let found = Self.list(value)
      if found.count != lengths.count || !zip(lengths, found).allSatisfy({ $0 == nil || String($0!.count) == $1 }) {
        differ(name, "\(key) is \(lengths), SQL says \(found)")
      }
    case .series(let counts):
      let found = Self.list(value)
      if counts.map(String.init) != found { differ(name, "\(key) is \(counts), SQL says \(found)") }
    default: expect(cell.followedParts, [value], key, name)
    }
  }

  private mutating func expect(_ expected: [SQLValue], _ found: [SQLValue?], _ key: String, _ name: String) {
    if expected != found.map({ $0 ?? .null }) || found.contains(nil) {
      differ(name, "\(key) is \(expected), SQL says \(found)")
    }
  }

  /// The items of a JSON array of numbers.
  private static func list(_ value: SQLValue?) -> [String] {
    guard case .text(let text) = value else { return [] }
    return text.dropFirst().dropLast().split(separator: ",").map(String.init)
  }
}

extension Cell {
  /// Whether it is a number that a reader may want to get again.
  fileprivate var isNumber: Bool {
    switch self {
    case .text, .flag, .absent, .tooFew: false
    default: true
    }
  }

  /// As SQL gives it: a ratio is part and whole, a rate count and length.
  fileprivate var followedParts: [SQLValue] {
    switch self {
    case .text(let text): [.text(text)]
    case .integer(let value), .bytes(let value): [.integer(value)]
    case .real(let value): [.real(value)]
    case .duration(let length): [.integer(length.count)]
    case .ratio(let part, let whole): [.integer(part), .integer(whole)]
    case .rate(let count, let length): [.integer(count), .integer(length.count)]
    case .timestamp(let time): [.integer(time.microseconds)]
    case .flag(let value): [.integer(value ? 1 : 0)]
    case .series, .spread, .tooFew, .absent: [.null]
    }
  }
}
