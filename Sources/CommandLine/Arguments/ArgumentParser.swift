import Scanning
/// What a command line says, checked against what the command takes.
struct ParsedArguments: Sendable {
  var command: any Command
  /// Values in the order given; a flag has one empty value per mention.
  var values: [String: [String]] = [:]
  var positional: [String] = []
  var asksForHelp = false
}

/// Splits words into command, options and arguments.
///
/// Options may stand anywhere, also before the command; `--name value` and `--name=value` are the same; `--` ends
/// options; `-` alone is an argument (standard input).
struct ArgumentParser {
  let commands: [any Command]

  enum Result: Sendable {
    case command(ParsedArguments)
    /// Help on everything that starts with these words; none is the program.
    case help([String])
    case version
  }

  func parse(_ words: [String]) throws(UsageError) -> Result {
    let (name, rest) = commandWords(words)
    let matches = commands.filter { $0.words.starts(with: name) }
    let wantsHelp = rest.prefix { $0 != "--" }.contains { $0 == "-h" || $0 == "--help" }
    if name.isEmpty {
      if rest.contains("--version") { return .version }
      if let first = rest.first, !first.hasPrefix("-") { throw unknownCommand([first]) }
      if rest.isEmpty || wantsHelp { return .help([]) }
      if let first = rest.first(where: { !$0.hasPrefix("-") }) { throw unknownCommand([first]) }
      throw UsageError(.unknownOption(rest[0]))
    }
    guard let command = matches.first(where: { $0.words == name }) else {
      if rest.allSatisfy({ $0.hasPrefix("-") }) || wantsHelp && rest[0].hasPrefix("-") { return .help(name) }
      throw unknownCommand(name + rest.filter { !$0.hasPrefix("-") }.prefix(1))
    }
    if wantsHelp { return .help(name) }
    return .command(try parse(rest, for: command))
  }

  /// The longest run of words that names a command or a group of commands, and everything else.
  private func commandWords(_ words: [String]) -> (name: [String], rest: [String]) {
    var name: [String] = []
    var rest: [String] = []
    var index = 0
    while index < words.count {
      let word = words[index]
      if !name.isEmpty || !word.hasPrefix("-") || word == "-" {
        guard commands.contains(where: { $0.words.starts(with: name + [word]) }) else { break }
        name.append(word)
      } else {
        rest.append(word)
        // A shared option before the command brings its value along.
        if takesValue(word), index + 1 < words.count {
          index += 1
          rest.append(words[index])
        }
      }
      index += 1
    }
    return (name, rest + words[index...])
  }

  private func takesValue(_ word: String) -> Bool {
    CommonOptions.query.contains { option in
      option.value != nil && (word == "--" + option.name || option.letter.map { word == "-\($0)" } == true)
    }
  }

  func unknownCommand(_ words: [String]) -> UsageError {
    let depth = words.count - 1
    let known = commands.filter {
      $0.words.count > depth && Array($0.words.prefix(depth)) == Array(words.prefix(depth))
    }
    .map { $0.words[depth] }
    return UsageError(
      .unknownCommand(words.joined(separator: " ")), command: Array(words.prefix(depth)),
      suggestion: NearestWord.nearest(to: words[depth], among: Array(Set(known)).sorted()))
  }

  // MARK: Options and arguments of one command

  private func parse(_ words: [String], for command: any Command) throws(UsageError) -> ParsedArguments {
    var parsed = ParsedArguments(command: command)
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" {
        parsed.positional += words[index...]
        break
      }
      if word.hasPrefix("--") {
        try takeLong(word, words, &index, into: &parsed)
      } else if word.hasPrefix("-"), word != "-" {
        try takeShort(word, words, &index, into: &parsed)
      } else {
        parsed.positional.append(word)
      }
    }
    try check(parsed.positional, of: command)
    return parsed
  }

  private func takeLong(
    _ word: String, _ words: [String], _ index: inout Int, into parsed: inout ParsedArguments
  ) throws(UsageError) {
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    guard let option = parsed.command.options.first(where: { $0.name == parts[0] }) else {
      throw UsageError(
        .unknownOption("--" + parts[0]), command: parsed.command.words,
        suggestion: NearestWord.nearest(to: parts[0], among: parsed.command.options.map(\.name)).map { "--" + $0 })
    }
    let attached = parts.count > 1 ? parts[1] : nil
    if option.value == nil, attached != nil {
      throw UsageError(.unexpectedValue(option: "--" + option.name), command: parsed.command.words)
    }
    try take(option, attached, words, &index, into: &parsed)
  }

  private func takeShort(
    _ word: String, _ words: [String], _ index: inout Int, into parsed: inout ParsedArguments
  ) throws(UsageError) {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = parsed.command.options.first(where: { $0.letter == letter }) else {
        throw UsageError(.unknownOption("-\(letter)"), command: parsed.command.words)
      }
      let attached = option.value != nil && !letters.isEmpty ? String(letters) : nil
      try take(option, attached, words, &index, into: &parsed)
      if attached != nil { return }
    }
  }

  private func take(
    _ option: Option, _ attached: String?, _ words: [String], _ index: inout Int, into parsed: inout ParsedArguments
  ) throws(UsageError) {
    guard let placeholder = option.value else {
      parsed.values[option.name, default: []].append("")
      return
    }
    if attached == nil, index >= words.count {
      throw UsageError(
        .missingValue(option: "--" + option.name, placeholder: placeholder), command: parsed.command.words)
    }
    let value = attached ?? words[index]
    if attached == nil { index += 1 }
    try checkChoice(value, option.choices, of: "--" + option.name, parsed.command)
    parsed.values[option.name, default: []].append(value)
  }

  private func checkChoice(
    _ value: String, _ choices: [String], of name: String, _ command: any Command
  ) throws(UsageError) {
    guard !choices.isEmpty, !choices.contains(value) else { return }
    throw UsageError(
      .invalidValue(of: name, value: value, expected: "one of " + choices.joined(separator: ", ")),
      command: command.words, suggestion: NearestWord.nearest(to: value, among: choices))
  }

  private func check(_ positional: [String], of command: any Command) throws(UsageError) {
    var left = positional[...]
    for argument in command.arguments {
      if argument.count == .one || argument.count == .oneOrMore, left.isEmpty {
        throw UsageError(.missingArgument(argument.name), command: command.words)
      }
      let taken = argument.count == .oneOrMore || argument.count == .any ? left : left.prefix(1)
      for value in taken { try checkChoice(value, argument.choices, of: argument.name, command) }
      left = left.dropFirst(taken.count)
    }
    if let extra = left.first { throw UsageError(.unexpectedArgument(extra), command: command.words) }
  }
}
