import Formats
import Gateways
import Ingest
import Reporting
import Scanning
import Simulation
import Store
import Traffic

/// Errors of the floors below, in words.
enum DiagnosticConnections {
  static func diagnostic(_ error: any Error) -> Diagnostic? {
    switch error {
    case let error as StoreError: Diagnostic(error.summary, place: error.file, help: error.advice)
    case let error as SourceError: diagnostic(source: error)
    case let error as RouteFileError: diagnostic(routes: error)
    case let error as ConfigurationError: Diagnostic(configuration: error)
    case ReplayError.tooManyRules(let rules):
      Diagnostic(
        "one request may meet \(rules) limits of this configuration, and at most \(ReplayError.most) are replayed",
        help: "leave out limits that are not in question, or simulate them in parts.")
    case ImportFailure.badLine(let line, let path, let format): diagnostic(line, path: path, format: format)
    default: nil
    }
  }

  /// Why an input was not imported, or not whole.
  static func diagnostic(_ failure: ImportFailure, of source: SourceSummary) -> Diagnostic? {
    switch failure {
    case .source(let error): diagnostic(source: error)
    case .unrecognised:
      Diagnostic(
        source.detection?.refusal ?? "no line could be read", place: source.path,
        help: "'headroom formats detect \(source.path)' shows what came close; '--log-format STRING' takes the "
          + "gateway's own format string.")
    case .badLine(let line, let path, let format): diagnostic(line, path: path, format: format)
    }
  }

  private static func diagnostic(source error: SourceError) -> Diagnostic {
    switch error.problem {
    case .cannotOpen(let words): Diagnostic("cannot open: \(words)", place: error.path)
    case .cannotRead(let words):
      Diagnostic(
        "cannot read on: \(words)", place: "\(error.path) at byte \(error.offset)",
        help: "What was read is imported; import it again when it can be read.")
    case .isDirectory: Diagnostic("is a folder where a file was expected", place: error.path)
    case .needsDecompression(let program):
      Diagnostic(
        "compressed with \(program), which is not read directly", place: error.path,
        help: "Pipe it in: \(program) -dc \(error.path) | headroom import -")
    case .corruptGzip(let words):
      Diagnostic(
        "damaged gzip: \(words)", place: "\(error.path) at byte \(error.offset)",
        help: "The whole lines before the damage are imported; 'gzip -t' checks the file.")
    case .truncatedGzip:
      Diagnostic(
        "the gzip stream ends early", place: "\(error.path) at byte \(error.offset)",
        help: "The whole lines so far are imported; import the file again when it is complete.")
    }
  }

  private static func diagnostic(routes error: RouteFileError) -> Diagnostic {
    let place = error.line > 0 ? "\(error.path):\(error.line)" : error.path
    let what =
      switch error.problem {
      case .cannotRead(let words): "cannot read the routes: \(words)"
      case .unknownKind: "no routes found"
      case .badJSON(let words): "not valid JSON: \(words)"
      case .noPaths: "the OpenAPI document has no 'paths'"
      case .noLocations: "the nginx configuration has no location with a path"
      case .notAPath(let text): "'\(text)' is not a route"
      case .badRegularExpression(let text): "'\(text)' is not a regular expression"
      }
    return Diagnostic(
      what, place: place,
      help: "Routes are an OpenAPI document in JSON, an nginx.conf, or lines such as 'GET /users/{id}/orders'.")
  }

  /// A bad line with a caret under the place where reading stopped.
  private static func diagnostic(_ line: QuarantinedLine, path: String, format: String) -> Diagnostic {
    let text = String(decoding: line.text, as: UTF8.self)
    let before = String(decoding: line.text.prefix(max(0, line.column)), as: UTF8.self)
    let field = line.field.map { " in '\($0.name)'" } ?? ""
    var diagnostic = Diagnostic(
      "\(line.reason.words)\(field) (format \(format))", place: "\(path):\(line.line):\(line.column + 1)",
      help: "Without '--strict' such lines are counted and kept aside; 'headroom formats detect \(path)' checks the format.")
    diagnostic.excerpt = Excerpt(text: text, caret: VisibleText.of(before).count)
    return diagnostic
  }
}

extension RejectReason {
  /// What is wrong with such a line, for people.
  var words: String {
    switch self {
    case .notInFormat: "the line is not in the format"
    case .badTimestamp: "no valid time stamp"
    case .badNumber: "no valid number"
    case .badStatus: "no valid status"
    case .badJSON: "no valid JSON"
    case .endsEarly: "the line ends early"
    case .tooLong: "the line is longer than 1 MiB"
    case .notARequest: "the line is no request"
    case .badWrapper: "the collector's wrapping cannot be read"
    case .binary: "binary data"
    }
  }
}
