/// Every command, in the order of the help. A new one is its file and its line here.
enum Commands {
  static let all: [any Command] = [
    ImportCommand(), ReportCommand(), SimulateCommand(), CalibrateCommand(),
    ShowRoutes(), ShowConsumers(), ShowCache(), ShowUpstreams(), ShowNodes(), ShowClients(), ShowProtocols(),
    ShowHours(), ShowSources(), ShowCoverage(), ShowQuotas(), ShowFindings(),
    RoutesList(), RoutesExplain(), RoutesSet(), RoutesLearn(),
    LimitsCommand(), CompareCommand(), CheckCommand(),
    SQLCommand(), ExportCommand(),
    StoreInfo(), StoreVerify(), StoreForget(), StoreRetain(), StoreCompact(),
    FormatsList(), FormatsDetect(), FormatsExplain(),
    CompletionsCommand(), HelpCommand(), VersionCommand(),
  ]

  /// What commands of two words have in common, by first word.
  static let groups = [
    "show": "tables of what happened", "routes": "templates and routes", "store": "look after the store",
    "formats": "log formats",
  ]
}
