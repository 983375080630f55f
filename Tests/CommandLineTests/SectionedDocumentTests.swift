import Reporting
import Testing
import Traffic

@testable import CommandLine

@Suite("Tables inside sections") struct SectionedDocumentTests {
  private static let table = Table(
    key: "things", columns: [Column("n", "N", .integer)], rows: [[.integer(1)], [.integer(3)], [.integer(2)]])
  private static let figure = Figure(
    id: "f", title: "F", chart: .line(x: "n", series: ["n"], band: nil), unit: "things", first: nil, last: nil,
    samples: 3, table: table)
  private static let document = Document(
    name: "report", title: "",
    blocks: [
      .section(Section(id: "a", title: "A", blocks: [
        .section(Section(id: "b", title: "B", blocks: [.table(table), .figure(figure)])),
      ])),
    ])

  @Test("are cut as others are, and keep the number of all rows; figures keep theirs")
  func cut() {
    let cut = Self.document.cut(to: 2)
    #expect(cut.tables.map(\.rows.count) == [2] && cut.tables.map(\.rowsInAll) == [3])
    guard case .section(let a) = cut.blocks[0], case .section(let b) = a.blocks[0], case .figure(let figure) = b.blocks[1]
    else {
      Issue.record("the cut keeps every block where it is")
      return
    }
    #expect(figure.table.rows.count == 3)
  }

  @Test("are ordered as others are")
  func ordered() throws {
    let ordered = try TableOrder("n:desc", command: ["report"]).applied(to: Self.document)
    #expect(ordered.tables[0].rows == [[.integer(3)], [.integer(2)], [.integer(1)]])
    #expect(throws: UsageError.self) { try TableOrder("m", command: ["report"]).applied(to: Self.document) }
  }
}
