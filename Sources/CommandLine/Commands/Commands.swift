/// Every command, in the order of the help. A new one is its file and its line here.
enum Commands {
  static let all: [any Command] = [
    ImportCommand(),
    ShowRoutes(), ShowConsumers(), ShowCache(), ShowUpstreams(), ShowNodes(), ShowHours(), ShowSources(), ShowCoverage(),
    RoutesList(), RoutesExplain(), RoutesSet(), RoutesLearn(),
    SQLCommand(), ExportCommand(),
    StoreInfo(), StoreVerify(), StoreForget(), StoreRetain(), StoreCompact(),
    FormatsList(), FormatsDetect(), FormatsExplain(),
    CompletionsCommand(), HelpCommand(), VersionCommand(),
  ]

  /// First words and what they stand for; a command of one word says it itself.
  static let groups: [(word: String, summary: String)] = [
    ("import", ""), ("show", "tables of what happened"), ("routes", "templates and routes"), ("sql", ""),
    ("export", ""), ("store", "look after the store"), ("formats", "log formats"), ("completions", ""), ("help", ""),
    ("version", ""),
  ]
}
