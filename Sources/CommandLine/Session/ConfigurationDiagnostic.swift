import Gateways

extension Diagnostic {
  /// A configuration that cannot be used, in words.
  init(configuration error: ConfigurationError) {
    let place = error.place
    var position = place.file
    if place.line > 0 { position += ":\(place.line)" }
    if place.line > 0, place.column > 0 { position += ":\(place.column)" }
    let (what, help) = Self.words(error.problem)
    self.init(what, place: position, help: help)
  }

  /// A whole file may be what is no value.
  private static func shortened(_ value: String) -> String {
    value.count > 80 ? String(value.prefix(79)) + "…" : value
  }

  private static func words(_ problem: ConfigurationError.Problem) -> (what: String, help: String?) {
    switch problem {
    case .cannotRead(let why): ("the configuration cannot be read: \(why)", nil)
    case .unknownProduct:
      (
        "no gateway's configuration was recognised",
        "known are \(GatewayProduct.allCases.map(\.rawValue).joined(separator: ", ")); '--config-format NAME' says which."
      )
    case .syntax(let found, let expected): ("found \(found) where \(expected) was expected", nil)
    case .unsupported(let feature, let instead): ("\(feature) is not read", instead)
    case .unknownWord(let word, let kind, let nearest):
      ("there is no \(kind) '\(word)'", nearest.map { "did you mean '\($0)'?" })
    case .badValue(let setting, let value, let expected):
      ("'\(shortened(value))' is no value of \(setting)", "expected \(expected).")
    case .missing(let setting, let within): ("\(setting) is missing", "\(within) needs it.")
    case .unknownReference(let name, let kind, let nearest):
      ("there is no \(kind) '\(name)'", nearest.map { "did you mean '\($0)'?" } ?? "define it, or correct the name.")
    case .contradiction(let what): (what, "keep one of the two.")
    }
  }
}
