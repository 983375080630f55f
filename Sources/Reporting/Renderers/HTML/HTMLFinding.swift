import Analysis

/// One finding: what it does to users, what shows it, what it costs, what to do.
struct HTMLFinding {
  private let finding: Finding
  private let place: Int
  private let clock: DisplayClock

  /// - Parameter place: its rank, from 1.
  init(_ finding: Finding, place: Int, clock: DisplayClock) {
    self.finding = finding
    self.place = place
    self.clock = clock
  }

  var html: String {
    let anchor = HTMLAnchor.of(finding.id, in: "finding-")
    return "<article class=\"finding \(finding.severity.name)\" id=\(anchor) aria-labelledby=\(anchor)--h>\n"
      + "<p class=tag><span class=tone><i aria-hidden=true>\(finding.severity.icon)</i> \(finding.severity.name)</span> "
      + about + "</p>\n<h3 id=\(anchor)--h>\(place). " + sentence(finding.headline) + "</h3>\n"
      + HTMLFacts.list(finding.evidence.map { HTMLFacts.item($0.label, $0.value, clock) })
      + "<h4>If ignored</h4>\n<p>" + sentence(finding.cost) + "</p>\n<h4>What to do</h4>\n<p>"
      + sentence(finding.action) + "</p>\n" + HTMLDerivation.command(finding.command)
      + HTMLDerivation.html(finding.followed) + mute + "</article>\n"
  }

  private var about: String {
    HTMLText.content(finding.kind) + (finding.subject.isEmpty ? "" : " <code>" + HTMLText.content(finding.subject) + "</code>")
  }

  private var mute: String {
    "<details class=mute><summary>Id <code>" + HTMLText.content(finding.id) + "</code></summary>\n"
      + "<p>The same every night. Not to be told of it until a date:</p>\n" + HTMLDerivation.command(finding.muteCommand)
      + "</details>\n"
  }

  private func sentence(_ sentence: Sentence) -> String { HTMLSentence.html(sentence, clock) }
}

extension Finding.Severity {
  /// A sign beside the word, so that colour alone says nothing.
  var icon: String {
    switch self {
    case .severe: "✕"
    case .warning: "!"
    case .notice: "i"
    }
  }
}
