import Reporting

/// Help on the program, a group of commands, or one command, made from what the commands say of themselves.
enum HelpText {
  static func of(_ words: [String], commands: [any Command]) -> String {
    if let command = commands.first(where: { $0.words == words }) { return help(command) }
    return words.isEmpty ? overview(commands) : group(words, commands)
  }

  // MARK: Overview

  private static func overview(_ commands: [any Command]) -> String {
    var text = """
      headroom answers from access logs: what did the gateway do, how much headroom is left, what if?

      Examples
        headroom import /var/log/nginx/            read logs into ./headroom.db
        headroom show routes                       percentiles and errors of every route
        headroom show routes --since 1d --sort p99 yesterday's slowest
        headroom sql 'SELECT route, p99(duration) FROM requests GROUP BY route'

      Commands

      """
    var entries: [(String, String)] = []
    var seen: Set<String> = []
    for command in commands where seen.insert(command.words[0]).inserted {
      let word = command.words[0]
      let members = commands.filter { $0.words[0] == word && $0.words.count > 1 }.map { $0.words[1] }
      let summary = Commands.groups[word] ?? command.summary
      entries.append(members.isEmpty ? (word, summary) : (word + " " + members.joined(separator: "|"), summary))
    }
    text += list(entries)
    return text + """

      Exit codes: 0 done, 1 done and the answer is no, 2 usage, 3 bad input or data, 4 internal, 130 interrupted.
      'headroom COMMAND --help' tells more.

      """
  }

  private static func group(_ words: [String], _ commands: [any Command]) -> String {
    let members = commands.filter { $0.words.starts(with: words) }
    let name = "headroom " + words.joined(separator: " ")
    var text = "Examples\n" + list(members.compactMap(\.examples.first).map { ($0.line, $0.meaning) })
    text += "\nCommands\n" + list(members.map { ($0.title, $0.summary) })
    return text + "\n'\(name) COMMAND --help' tells more.\n"
  }

  // MARK: One command

  private static func help(_ command: any Command) -> String {
    var text = "Examples\n" + list(command.examples.map { ($0.line, $0.meaning) })
    let usage =
      ["headroom", command.title] + (command.options.isEmpty ? [] : ["[options]"]) + command.arguments.map(\.usage)
    text += "\nUsage\n  " + usage.joined(separator: " ") + "\n\n  " + sentence(command.summary) + "\n"
    if !command.arguments.isEmpty {
      text += "\nArguments\n" + list(command.arguments.map { ($0.name, $0.summary + choices($0.choices)) })
    }
    let options = command.options + [CommonOptions.help]
    text += "\nOptions\n" + list(options.map { ($0.usage, $0.summary + choices($0.choices)) })
    for remark in command.remarks { text += "\n" + wrapped(remark, indent: 2, width: 100) + "\n" }
    return text
  }

  private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }

  private static func choices(_ choices: [String]) -> String {
    choices.isEmpty ? "" : " (" + choices.joined(separator: ", ") + ")"
  }

  /// Two columns; an entry that is wider than most has its meaning on the next line.
  private static func list(_ entries: [(String, String)]) -> String {
    let width = min(44, entries.map(\.0.count).max() ?? 0)
    return entries.map { name, meaning in
      let spaces = String(repeating: " ", count: max(0, width - name.count))
      let gap = name.count > width ? "\n" + String(repeating: " ", count: width + 4) : spaces + "  "
      let text = wrapped(meaning, indent: width + 4, width: 110).drop { $0 == " " }
      return "  " + name + gap + text + "\n"
    }.joined()
  }

  private static func wrapped(_ text: String, indent: Int, width: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return (lines + [line]).map { margin + $0 }.joined(separator: "\n")
  }
}
