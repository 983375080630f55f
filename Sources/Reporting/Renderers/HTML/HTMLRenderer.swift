/// One page in one file: no network, one style sheet, one script, both named by their hashes in its policy.
///
/// Everything is readable without the script, which adds what only works with it: sorting, filtering, copying,
/// hovering, zooming and sliders.
public struct HTMLRenderer: Renderer {
  public static let name = "html"
  public static let usualRows: Int? = nil

  public init() {}

  public func render(_ document: Document, style: RenderStyle) -> String {
    let title = HTMLText.attribute(document.title)
    return """
      <!DOCTYPE html>
      <html lang=en>
      <head>
      <meta charset=utf-8>
      <meta http-equiv=Content-Security-Policy content="\(Self.policy)">
      <meta name=viewport content="width=device-width, initial-scale=1">
      <meta name=color-scheme content="light dark">
      <meta name=referrer content=no-referrer>
      <title>\(title)</title>
      <link rel=icon href="data:,">
      <style>\(StyleSheet.source)</style>
      </head>
      <body>
      <a class=skip href="#main">Skip to the report</a>
      <header><h1>\(HTMLText.content(document.title))</h1></header>
      \(navigation(document))<main id=main tabindex=-1>
      \(HTMLBlocks(clock: style.clock, heading: document.title).html(document.blocks))</main>
      <footer><p>Times: \(HTMLText.content(style.clock.name)). This file is complete in itself: it loads nothing and \
      sends nothing.</p></footer>
      <script>\(Scripts.source)</script>
      </body>
      </html>

      """
  }

  /// Links to the sections; nothing where there is but one.
  private func navigation(_ document: Document) -> String {
    let links = document.blocks.compactMap { block -> String? in
      guard case .section(let section) = block else { return nil }
      return "<li><a href=\"#\(HTMLAnchor.of(section.id))\">" + HTMLText.content(section.title) + "</a></li>\n"
    }
    return links.count < 2 ? "" : "<nav aria-label=Sections><ol>\n" + links.joined() + "</ol></nav>\n"
  }

  private static let policy = ContentPolicy.text(script: Scripts.source, style: StyleSheet.source)
}
