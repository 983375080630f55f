public import Analysis
import Traffic

/// What a comparison found, as sentences and one table.
public struct ComparisonBlocks: Sendable {
  /// Sentences at most; the table has every change.
  public static let mostSentences = 7

  public let answer: Comparison.Answer
  /// Prints the table again.
  public let command: String

  public init(_ answer: Comparison.Answer, command: String) {
    self.answer = answer
    self.command = command
  }

  public var blocks: [Document.Block] {
    [.facts(facts)] + statements.map(Document.Block.statement) + [.table(table)] + mixBlocks
      + notes.map(Document.Block.note)
  }

  private var facts: [Fact] {
    func facts(_ key: String, _ label: String, _ window: Comparison.Window) -> [Fact] {
      [
        Fact(key + "_from", label + " from", .timestamp(Timestamp(microseconds: window.covered.start))),
        Fact(key + "_until", label + " until", .timestamp(Timestamp(microseconds: window.covered.end))),
        Fact(key + "_requests", label + " requests", .integer(window.requests)),
      ]
    }
    return facts("earlier", "Earlier", answer.earlier) + facts("later", "Later", answer.later) + [
      Fact("news", "Changes beyond noise", .integer(Int64(answer.news.count))),
      Fact("mix_moved", "Routes' shares moved", Self.share(answer.mixMoved)),
    ]
  }

  // MARK: Sentences

  /// The news, most important first; or that there is none.
  public var statements: [Statement] {
    let news = answer.news
    guard !news.isEmpty else {
      let all = answer.changes.first { $0.subject == .all && $0.measure == .rate }
      let noise = all?.noise.map { Sentence(" (requests per second: ±\(Self.share($0)))") } ?? ""
      return [Statement("no_news", .good, "No change beyond noise" + noise + ".", .command(command))]
    }
    var statements = news.prefix(Self.mostSentences).enumerated().map { place, change in
      Statement("change_\(place + 1)", Self.tone(change), Self.sentence(change), .command(command))
    }
    if answer.mixHasMoved {
      statements.append(
        Statement(
          "mix", .attention,
          "The mix of routes moved by \(Self.share(answer.mixMoved)): compare routes, or the percentiles at a fixed mix.",
          .command(command)))
    }
    return statements
  }

  private static func tone(_ change: Change) -> Statement.Tone {
    change.isImprovement.map { $0 ? .good : .bad } ?? .neutral
  }

  /// `p99 of GET /api/orders rose from 210 ms to 280 ms: 33 % more (21 % to 47 %).`
  public static func sentence(_ change: Change) -> Sentence {
    let subject: Sentence = change.subject == .all ? "all requests" : "\(.text(change.subject.name))"
    switch change.verdict {
    case .appeared: return subject + " is new: \(.integer(change.laterSamples)) requests, none before."
    case .vanished: return subject + " vanished: none of \(.integer(change.earlierSamples)) requests came again."
    case .tooFew(let samples, let needed):
      return "Too few samples to say how \(.text(change.measure.label)) of " + subject
        + " changed (\(.integer(samples)) of \(.integer(needed)))."
    case .noise, .small:
      return "No change of \(.text(change.measure.label)) of " + subject + " beyond noise"
        + (change.noise.map { Sentence(" (±\(share($0)))") } ?? "") + "."
    case .news: break
    }
    let size = change.size ?? 0
    let verb = size < 0 ? "fell" : "rose"
    let more: Sentence = change.measure.isShare ? (size < 0 ? " points less" : " points more") : (size < 0 ? " less" : " more")
    let interval = change.interval.map { interval -> Sentence in
      let ends = [interval.lowerBound, interval.upperBound].map { size < 0 ? -$0 : $0 }.sorted()
      return " (\(share(ends[0])) to \(share(ends[1])))"
    }
    return Sentence([.words(capitalized(change.measure.label) + " of ")]) + subject
      + " \(Sentence([.words(verb)])) from \(change.earlier) to \(change.later): \(share(size.magnitude))" + more
      + (interval ?? "") + "."
  }

  private static func capitalized(_ label: String) -> String {
    label.hasPrefix("p") ? label : label.prefix(1).uppercased() + label.dropFirst()
  }

  /// A share or a relative size, to a millionth.
  static func share(_ value: Double) -> Cell {
    guard value.isFinite, value.magnitude < 1e6 else { return .absent }
    return .ratio(Int64((value * 1e6).rounded()), of: 1_000_000)
  }

  // MARK: Tables

  /// Every change, news first.
  public var table: Table {
    let news = answer.news
    let rest = answer.changes.filter { !$0.verdict.isNews }
    return table(key: "changes", title: "Changes", news + rest)
  }

  private func table(key: String, title: String, _ changes: [Change]) -> Table {
    Table(
      key: key, title: title,
      columns: [
        Column("kind", "Of", .text), Column("name", "Name", .text), Column("measure", "Measure", .text),
        Column("earlier", "Earlier", .integer), Column("later", "Later", .integer),
        Column("change", "Change", .ratio), Column("at_least", "At least", .ratio),
        Column("at_most", "At most", .ratio), Column("verdict", "Verdict", .text), Column("unit", "Unit", .text),
      ],
      rows: changes.map(Self.row), noun: "changes", derivation: .command(command))
  }

  private static func row(_ change: Change) -> [Cell] {
    [
      .text(change.subject.kind), .text(change.subject.name), .text(change.measure.label), change.earlier,
      change.later, change.size.map(share) ?? .absent, change.interval.map { share($0.lowerBound) } ?? .absent,
      change.interval.map { share($0.upperBound) } ?? .absent, .text(change.verdict.name), .text(change.measure.unit),
    ]
  }

  private var mixBlocks: [Document.Block] {
    guard answer.mixHasMoved, !answer.fixedMix.isEmpty else { return [] }
    return [.table(table(key: "fixed_mix", title: "All requests, with the routes' shares of the earlier window", answer.fixedMix))]
  }

  // MARK: Notes

  private var notes: [String] {
    let paired = answer.isPaired
      ? "The windows are compared block by block, \(blocks(answer.later))."
      : "The windows differ in length: each is cut into its own blocks, \(blocks(answer.earlier)) and \(blocks(answer.later))."
    return [
      "Changes of shares are in points (1 % is one point), all others relative. At least and at most are a 95 %"
        + " interval by block bootstrap (\(Comparison.resamples) resamples). " + paired,
      "News is a change whose interval excludes no change and that is large enough to act on: 5 % of the rate, 10 % of"
        + " a percentile (and 0.5 ms) or of the bytes, 2 points of cache hits, 0.1 points and a fifth of errors or"
        + " refusals. 'small' is beyond noise and below that. One short episode is one block: findings tell episodes.",
    ] + cutNote
  }

  private func blocks(_ window: Comparison.Window) -> String {
    "\(window.blocks) of \(UnitText.duration(window.blockLength))"
  }

  private var cutNote: [String] {
    answer.subjectsInAll.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { dimension, count in
      guard count > Comparison.mostSubjects else { return nil }
      let noun = ["routes", "upstreams", "callers"][Int(dimension.rawValue)]
      return "The busiest \(Comparison.mostSubjects) of \(UnitText.integer(Int64(count))) \(noun) are compared one by one."
    }
  }
}

