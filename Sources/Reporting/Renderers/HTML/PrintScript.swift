/// Opens what is folded while a page prints: derivations, and data tables short enough for paper.
enum PrintScript {
  static let source = #"""
    const longest = 40;
    const opened = [];
    addEventListener('beforeprint', () => {
      for (const details of document.querySelectorAll('details.derivation, details.data')) {
        if (details.open || details.querySelectorAll('tbody tr').length > longest) continue;
        details.open = true;
        opened.push(details);
      }
    });
    addEventListener('afterprint', () => { for (const details of opened.splice(0)) details.open = false; });
    """#
}
