/// Opens data tables short enough for paper while a page prints. Queries stay on the screen, where they can be copied.
enum PrintScript {
  static let source = #"""
    const longest = 40;
    const opened = [];
    addEventListener('beforeprint', () => {
      for (const details of document.querySelectorAll('details.data')) {
        if (details.open || details.querySelectorAll('tbody tr').length > longest) continue;
        details.open = true;
        opened.push(details);
      }
    });
    addEventListener('afterprint', () => { for (const details of opened.splice(0)) details.open = false; });
    """#
}
