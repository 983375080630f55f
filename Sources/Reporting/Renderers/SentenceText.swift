public import Analysis
import Traffic

/// Sentences as text: the one place where their words and values become one line.
enum SentenceText {
  /// Plain text, nothing cut.
  static func plain(_ sentence: Sentence, clock: DisplayClock) -> String {
    joined(sentence) { ReadableCell.text($0, clock: clock) }
  }

  /// Our words as `words` writes them, values as `value` does.
  static func joined(
    _ sentence: Sentence, words: (String) -> String = { $0 }, value: (Cell) -> String
  ) -> String {
    sentence.parts.map { part in
      switch part {
      case .words(let text): words(text)
      case .value(let cell): value(cell)
      }
    }.joined()
  }
}

extension Sentence {
  /// Words and values as people read them; instants as this clock shows them. Not escaped.
  public func text(clock: DisplayClock = .utc) -> String { SentenceText.plain(self, clock: clock) }
}
