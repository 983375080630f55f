import Analysis
import Reporting

/// An error as people read it: what happened, where, and what to do.
///
///     error: 'fast' is no value of --format
///       --> headroom show routes
///     help: expected one of text, json, csv, markdown
public struct Diagnostic: Error, Hashable, Sendable {
  public var what: String
  public var place: String?
  public var help: String?
  public var exit: ExitCode
  /// The text that is wrong, with a caret under the place.
  public var excerpt: Excerpt?

  public init(_ what: String, place: String? = nil, help: String? = nil, exit: ExitCode = .badInput) {
    self.what = what
    self.place = place
    self.help = help
    self.exit = exit
  }
}

/// A piece of input and the column in it, from 0, that an error speaks of.
public struct Excerpt: Hashable, Sendable {
  public var text: String
  public var caret: Int

  public init(text: String, caret: Int) {
    self.text = text
    self.caret = caret
  }

  /// Two lines of at most 100 columns around the caret.
  var lines: String {
    let visible = Array(VisibleText.of(text))
    let start = max(0, min(caret - 50, visible.count - 96))
    let lead = start > 0 ? "…" : ""
    let piece = String(visible[start..<min(visible.count, start + 96)])
    let tail = start + 96 < visible.count ? "…" : ""
    let indent = String(repeating: " ", count: max(0, caret - start) + lead.count)
    return "   | \(lead)\(piece)\(tail)\n   | \(indent)^\n"
  }
}

/// The one place where errors get their words.
enum DiagnosticText {
  static func text(_ diagnostic: Diagnostic) -> String {
    var text = "error: " + VisibleText.of(diagnostic.what) + "\n"
    if let place = diagnostic.place { text += "  --> " + VisibleText.of(place) + "\n" }
    if let excerpt = diagnostic.excerpt { text += excerpt.lines }
    if let help = diagnostic.help { text += "help: " + VisibleText.of(help) + "\n" }
    return text
  }

  static func diagnostic(_ error: any Error) -> Diagnostic {
    switch error {
    case let error as Diagnostic: error
    case let error as UsageError: usage(error)
    case let error as UnitText.SyntaxError:
      Diagnostic("'\(error.text)' is not \(error.expected)", exit: .usage)
    case let error as OutputError: output(error)
    case AnalysisError.changedWhileReading:
      Diagnostic(
        "the store changed while it was read",
        help:
          "run the command again; if it happens without an import running, 'headroom store verify' checks the file."
      )
    default: DiagnosticConnections.diagnostic(error) ?? unexpected(error)
    }
  }

  private static func unexpected(_ error: any Error) -> Diagnostic {
    Diagnostic(
      "something went wrong that should not: \(error)",
      help: "this is a mistake of the program; please report it with the command you ran.", exit: .internal)
  }

  private static func output(_ error: OutputError) -> Diagnostic {
    switch error {
    case .readerLeft: Diagnostic("the reader of the output went away", exit: .done)
    case .cannotWrite(let path, let reason):
      Diagnostic(
        "the output cannot be written: \(reason)", place: path, help: "check the folder and the free space.")
    }
  }

  private static func usage(_ error: UsageError) -> Diagnostic {
    let command = (["headroom"] + error.command).joined(separator: " ")
    let meant = error.suggestion.map { "did you mean '\($0)'? " } ?? ""
    let more = "'\(command) --help' tells more."
    return switch error.problem {
    case .unknownCommand(let words): Diagnostic("there is no command '\(words)'", help: meant + more, exit: .usage)
    case .unknownOption(let option):
      Diagnostic("there is no option '\(option)'", place: command, help: meant + more, exit: .usage)
    case .missingValue(let option, let placeholder):
      Diagnostic(
        "\(option) needs a value", place: command, help: "write \(option) \(placeholder); " + more, exit: .usage)
    case .unexpectedValue(let option):
      Diagnostic("\(option) takes no value", place: command, help: "write \(option) alone; " + more, exit: .usage)
    case .invalidValue(let name, let value, let expected):
      Diagnostic(
        "'\(value)' is no value of \(name)", place: command, help: meant + "expected \(expected).", exit: .usage)
    case .missingArgument(let name): Diagnostic("\(name) is missing", place: command, help: more, exit: .usage)
    case .unexpectedArgument(let word):
      Diagnostic("'\(word)' is one argument too many", place: command, help: more, exit: .usage)
    case .unknownColumn(let name):
      Diagnostic("there is no column '\(name)'", place: command, help: meant + more, exit: .usage)
    case .badCondition(let text, let why):
      Diagnostic("the condition '\(text)' cannot be read", place: command, help: meant + why + ".", exit: .usage)
    case .conflict(let a, let b):
      Diagnostic("\(a) and \(b) exclude each other", place: command, help: "give one of them.", exit: .usage)
    }
  }
}
