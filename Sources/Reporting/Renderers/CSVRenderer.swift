import Traffic

/// The document's first table as CSV; a document without a table gives its facts as `name,value` lines.
///
/// CSV holds one table. What else a document says is in every other format.
public struct CSVRenderer: Renderer {
  public static let name = "csv"
  public static let usualRows: Int? = nil

  public init() {}

  public func render(_ document: Document, style: RenderStyle) -> String {
    if let table = document.tables.first {
      return CSVText.header(table.columns) + table.rows.map { CSVText.line(table.columns, $0) }.joined()
    }
    var text = "name,value\r\n"
    let blocks = Self.flat(document.blocks)
    for case .facts(let facts) in blocks {
      for fact in facts { text += lines(of: fact) }
    }
    for case .verbatim(let verbatim) in blocks { text += CSVText.field(verbatim) + "\r\n" }
    return text
  }

  private static func flat(_ blocks: [Document.Block]) -> [Document.Block] {
    blocks.flatMap { block in
      if case .section(let section) = block { flat(section.blocks) } else { [block] }
    }
  }

  private func lines(of fact: Fact) -> String {
    if case .text(let value) = fact.value { return fact.key + "," + CSVText.field(value) + "\r\n" }
    return JSONText.members(fact.key, fact.value.kind, fact.value)
      .map { $0.key + "," + ($0.value == "null" ? "" : $0.value) + "\r\n" }.joined()
  }
}
