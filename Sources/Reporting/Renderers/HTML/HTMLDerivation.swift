import Analysis

/// How to get numbers again, folded away below them.
enum HTMLDerivation {
  static func html(_ derivation: Derivation?) -> String {
    derivation.map { folded(command($0)) } ?? ""
  }

  /// Several labelled numbers; a derivation that many share is printed once.
  static func html(_ numbers: [(label: String, derivation: Derivation?)]) -> String {
    let groups = numbers.grouped()
    guard let first = groups.first else { return "" }
    guard groups.count > 1 else { return folded(command(first.derivation)) }
    return folded(groups.map { "<p>" + HTMLText.content($0.labels.joined(separator: ", ")) + "</p>" + command($0.derivation) }.joined())
  }

  /// A command line with, where scripts run, a button that copies it.
  static func command(_ line: String) -> String { "<pre class=command><code>" + HTMLText.lines(line) + "</code></pre>\n" }

  private static func command(_ derivation: Derivation) -> String { command(DerivationText.command(derivation)) }

  private static func folded(_ html: String) -> String {
    "<details class=derivation><summary>How to get these numbers</summary>\n" + html + "</details>\n"
  }
}
