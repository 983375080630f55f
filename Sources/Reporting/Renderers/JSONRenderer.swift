/// One JSON object: `schema` first, then facts and tables by sorted key.
///
///     {"schema":"headroom.routes/1","notes":[…],"requests":4000000,"routes":[{…},…],"routes_in_all":412}
public struct JSONRenderer: Renderer {
  public static let name = "json"
  public static let usualRows: Int? = nil

  public init() {}

  public func render(_ document: Document, style: RenderStyle) -> String {
    var members: [(key: String, value: String)] = []
    var notes: [String] = []
    var texts: [String] = []
    for block in Self.flat(document.blocks) {
      switch block {
      case .facts(let facts):
        for fact in facts { members += JSONText.members(fact.key, fact.value.kind, fact.value) }
      case .table(let table): members += self.members(of: table)
      case .note(let text): notes.append(text)
      case .paragraph(let text), .verbatim(let text): texts.append(text)
      case .figure(let figure): members += self.members(of: figure.table)
      case .explorer(let explorer): members += self.members(of: explorer.table)
      case .section, .statement, .finding: break
      }
    }
    if !notes.isEmpty { members.append(("notes", array(notes.map(JSONText.string)))) }
    if !texts.isEmpty { members.append(("text", array(texts.map(JSONText.string)))) }
    members.sort { $0.key < $1.key }
    let schema = ("schema", JSONText.string("headroom.\(document.name)/1"))
    return "{\n" + ([schema] + members).map { "  " + JSONText.string($0.0) + ": " + $0.1 }.joined(separator: ",\n")
      + "\n}\n"
  }

  private static func flat(_ blocks: [Document.Block]) -> [Document.Block] {
    blocks.flatMap { block in
      if case .section(let section) = block { flat(section.blocks) } else { [block] }
    }
  }

  private func members(of table: Table) -> [(key: String, value: String)] {
    let rows = table.rows.map { JSONText.object(table.columns, $0) }
    var members = [(table.key, array(rows)), (table.key + "_in_all", String(table.rowsInAll))]
    if let total = table.total {
      members.append((table.key + "_total", JSONText.object(table.columns, total)))
    }
    return members
  }

  private func array(_ items: [String]) -> String {
    items.isEmpty ? "[]" : "[\n    " + items.joined(separator: ",\n    ") + "\n  ]"
  }
}
