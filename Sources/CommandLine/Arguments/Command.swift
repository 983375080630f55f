/// One subcommand: options → request → library call → document → renderer.
///
/// Adding one is its file and its line in `Commands.all`; help, completions and suggestions follow from what it says
/// here.
public protocol Command: Sendable {
  /// The words that name it, such as `["import"]` or `["show", "routes"]`.
  var words: [String] { get }
  /// One line, lower case, without a full stop.
  var summary: String { get }
  /// Shown first in the help: what people came for.
  var examples: [Example] { get }
  var arguments: [Argument] { get }
  var options: [Option] { get }
  /// Paragraphs for the end of the help: definitions and rules that the numbers follow.
  var remarks: [String] { get }

  /// Does the work. Data goes to `session.output`, everything else to `session.errors`.
  func run(_ invocation: Invocation) async throws -> ExitCode
}

extension Command {
  public var arguments: [Argument] { [] }
  public var options: [Option] { [] }
  public var remarks: [String] { [] }
  /// The words as users type them: `show routes`.
  var title: String { words.joined(separator: " ") }
}

/// A command line and what it does.
public struct Example: Sendable {
  var line: String
  var meaning: String

  init(_ line: String, _ meaning: String) {
    self.line = line
    self.meaning = meaning
  }
}

/// A positional argument.
public struct Argument: Sendable {
  enum Count: Sendable { case one, optional, oneOrMore, any }
  var name: String
  var summary: String
  var count = Count.one
  /// The only values allowed; empty allows any.
  var choices: [String] = []

  var usage: String {
    switch count {
    case .one: name
    case .optional: "[\(name)]"
    case .oneOrMore: "\(name)…"
    case .any: "[\(name)…]"
    }
  }
}

/// A named option: a flag, or one that takes a value.
public struct Option: Sendable, Hashable {
  var name: String
  var letter: Character?
  /// Placeholder of the value, such as `FILE`; nil for a flag.
  var value: String?
  var summary: String
  /// The only values allowed; empty allows any.
  var choices: [String] = []
  /// May be given several times, all of which count; else the last wins.
  var isRepeatable = false

  var usage: String {
    let long = "--" + name + (value.map { " " + $0 } ?? "")
    return letter.map { "-\($0), " + long } ?? "    " + long
  }
}
