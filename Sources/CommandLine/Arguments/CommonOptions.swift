import Reporting

/// Options that several commands share.
enum CommonOptions {
  static let store = Option(
    name: "store", value: "FILE", summary: "the traffic store (default $HEADROOM_STORE, else ./headroom.db)")
  static let threads = Option(name: "threads", value: "N", summary: "worker threads (default: one per core)")
  static let quiet = Option(name: "quiet", letter: "q", summary: "no messages on standard error but errors")
  static let help = Option(name: "help", letter: "h", summary: "this help")

  /// How and where a document is written.
  static let output = [
    Option(name: "format", value: "NAME", summary: "how to print", choices: Renderers.names),
    Option(name: "output", letter: "o", value: "FILE", summary: "write to a file instead of standard output"),
    Option(
      name: "color", value: "WHEN", summary: "colour: auto, always, never", choices: ["auto", "always", "never"]),
    Option(
      name: "tz", value: "ZONE",
      summary: "clock of times read and printed: UTC (default), local, Europe/Berlin, +02:00; JSON and CSV are UTC"),
  ]

  /// How much of a table is printed, and in which order.
  static let rows = [
    Option(name: "all", summary: "every row; text and markdown show 20 otherwise"),
    Option(name: "top", value: "N", summary: "the first N rows, in every format"),
    Option(
      name: "sort", value: "COLUMN", summary: "order by a column: numbers fall, texts rise; COLUMN:asc or :desc"),
  ]

  /// Which requests a question is about.
  static let window = [
    Option(
      name: "since", value: "TIME",
      summary: "arrival from here on: 2026-11-22, 2026-11-22T08:00, or 7d (before the newest arrival in the store)"),
    Option(name: "until", value: "TIME", summary: "arrival before this instant, same forms"),
    Option(
      name: "where", value: "CONDITIONS",
      summary: "such as 'route=/api/* status>=500 duration>250ms consumer!=x'; all must hold", isRepeatable: true),
  ]

  static let query = [store] + window + rows + output + [threads, quiet]
  static let storeOutput = [store] + rows + output + [quiet]
}
