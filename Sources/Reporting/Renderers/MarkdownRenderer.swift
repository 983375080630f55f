import Analysis
import Traffic

/// GitHub-flavoured Markdown for reports and tickets: reads well raw, and on a page.
public struct MarkdownRenderer: Renderer {
  public static let name = "markdown"
  public static let usualRows: Int? = 20

  public init() {}

  public func render(_ document: Document, style: RenderStyle) -> String {
    let title = document.title.isEmpty ? [] : ["# " + MarkdownText.inline(document.title) + "\n"]
    return (title + MarkdownBlocks(clock: style.clock, rowsOfFigures: Self.usualRows).parts(document.blocks))
      .joined(separator: "\n")
  }
}
