/// What is left of a run: the gateway's own files, and what the callers saw.
struct GatewayRun {
  /// The configuration that was in force.
  var configuration: String
  /// Its access log, and the format string for `headroom import`; nil where the format is recognised.
  var log: String
  var logFormat: String?
  var answers: [LoadDriver.Answer]
  /// A log of the same run with whole-second stamps.
  var coarseLog: String?
  var coarseFormat: String?
}
