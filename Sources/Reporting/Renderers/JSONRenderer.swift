import Analysis
import Traffic

/// One JSON object: `schema` first, then facts and tables by sorted key, sections in the order of the document.
///
///     {"schema":"headroom.routes/1","notes":[…],"requests":4000000,"routes":[{…},…],"routes_in_all":412}
///
/// A number that can be followed has its query beside it: `routes_query`, `requests_query`, and `query` inside
/// statements and evidence; `…_command` where no SQL gives it.
public struct JSONRenderer: Renderer {
  public static let name = "json"
  public static let usualRows: Int? = nil

  public init() {}

  public func render(_ document: Document, style: RenderStyle) -> String {
    let schema = ("schema", JSONText.string("headroom.\(document.name)/1"))
    return object([schema] + members(of: document.blocks, indent: 2), indent: 0) + "\n"
  }

  /// Sorted by key.
  private func members(of blocks: [Document.Block], indent: Int) -> [(key: String, value: String)] {
    var members: [(key: String, value: String)] = []
    var lists = Lists()
    for block in blocks {
      switch block {
      case .facts(let facts): for fact in facts { members += self.members(of: fact) }
      case .table(let table): members += self.members(of: table, indent: indent)
      case .figure(let figure): members += self.members(of: figure, indent: indent)
      case .explorer(let explorer): members += self.members(of: explorer.table, indent: indent)
      case .note(let text): lists.notes.append(JSONText.string(text))
      case .paragraph(let text), .verbatim(let text): lists.texts.append(JSONText.string(text))
      case .statement(let statement): lists.statements.append(JSONFacts.object(statement))
      case .finding(let finding): lists.findings.append(JSONFacts.object(finding))
      case .section(let section): lists.sections.append((section.id, self.object(section, indent: indent + 2)))
      }
    }
    for (key, items) in lists.named where !items.isEmpty { members.append((key, array(items, indent: indent))) }
    if !lists.sections.isEmpty { members.append(("sections", object(lists.sections, indent: indent))) }
    return members.sorted { $0.key < $1.key }
  }

  /// What several blocks add to.
  private struct Lists {
    var findings: [String] = []
    var notes: [String] = []
    var statements: [String] = []
    var texts: [String] = []
    var sections: [(key: String, value: String)] = []

    var named: [(String, [String])] {
      [("findings", findings), ("notes", notes), ("statements", statements), ("text", texts)]
    }
  }

  private func object(_ section: Section, indent: Int) -> String {
    let title = ("title", JSONText.string(section.title))
    return object([title] + members(of: section.blocks, indent: indent + 2), indent: indent)
  }

  private func members(of fact: Fact) -> [(key: String, value: String)] {
    JSONText.members(fact.key, fact.value.kind, fact.value) + JSONFacts.members(fact.derivation, prefix: fact.key + "_")
  }

  private func members(of table: Table, indent: Int) -> [(key: String, value: String)] {
    let rows = table.rows.map { JSONText.object(table.columns, $0) }
    var members = [(table.key, array(rows, indent: indent)), (table.key + "_in_all", String(table.rowsInAll))]
    if let total = table.total {
      members.append((table.key + "_total", JSONText.object(table.columns, total)))
    }
    return members + JSONFacts.members(table.derivation, prefix: table.key + "_")
  }

  private func members(of figure: Figure, indent: Int) -> [(key: String, value: String)] {
    let key = figure.table.key
    return members(of: figure.table, indent: indent) + [
      (key + "_unit", JSONText.string(figure.unit)), (key + "_samples", String(figure.samples)),
      (key + "_first", figure.first.map { JSONText.string(TimeText.iso($0)) } ?? "null"),
      (key + "_last", figure.last.map { JSONText.string(TimeText.iso($0)) } ?? "null"),
    ]
  }

  // MARK: Layout

  /// One member per line.
  private func object(_ members: [(key: String, value: String)], indent: Int) -> String {
    let space = String(repeating: " ", count: indent)
    let lines = members.map { space + "  " + JSONText.string($0.key) + ": " + $0.value }
    return "{\n" + lines.joined(separator: ",\n") + "\n" + space + "}"
  }

  private func array(_ items: [String], indent: Int) -> String {
    let space = String(repeating: " ", count: indent)
    return items.isEmpty ? "[]" : "[\n  " + space + items.joined(separator: ",\n  " + space) + "\n" + space + "]"
  }
}
