import Scanning

/// Values of one mapping, where a template may have a reference in place of a value.
struct AWSValues {
  let settings: Settings
  /// Defaults of the template's parameters.
  let parameters: [String: ConfigurationNode]
  /// `RateLimit` in templates, `rateLimit` in answers.
  let isCamelCase: Bool

  func spelled(_ name: String) -> String {
    isCamelCase ? name.prefix(1).lowercased() + name.dropFirst() : name
  }

  func inner(_ name: String) throws(ConfigurationError) -> AWSValues? {
    try settings.settings(spelled(name)).map {
      AWSValues(settings: $0, parameters: parameters, isCamelCase: isCamelCase)
    }
  }

  func list(_ name: String) throws(ConfigurationError) -> [AWSValues] {
    try settings.settingsList(spelled(name)).map {
      AWSValues(settings: $0, parameters: parameters, isCamelCase: isCamelCase)
    }
  }

  /// The text as written, or nil where it is a reference that only the deployed stack can tell.
  func name(_ name: String) -> String? {
    guard case .scalar(let scalar)? = settings.value(spelled(name))?.value else { return nil }
    return scalar.text
  }

  /// A text that matters: a reference is followed to a parameter's default.
  /// - Throws: `.unsupported` for any other function.
  func text(_ name: String) throws(ConfigurationError) -> String? {
    let key = spelled(name)
    guard let value = settings.value(key) else { return nil }
    guard case .mapping(let entries) = value.value else { return try settings.text(key) }
    if entries.count == 1, entries[0].key == "Ref", case .scalar(let target) = entries[0].value.value,
      case .scalar(let standard)? = parameters[target.text]?["Default"]?.value
    {
      return standard.text
    }
    let feature = entries.first?.key ?? "an empty value"
    let reference = entries.first?.value.summary ?? ""
    throw ConfigurationError(
      .unsupported(
        feature: "\(feature) \(reference) as \(key)", instead: "the value, or a Ref to a parameter that has a Default"
      ),
      at: value.place(in: settings.file))
  }

  /// nil where absent or negative, AWS's word for not set.
  func number(_ name: String, expected: String) throws(ConfigurationError) -> ExactDecimal? {
    guard let text = try text(name) else { return nil }
    if text.hasPrefix("-"), ExactDecimal(String(text.dropFirst())) != nil { return nil }
    guard let number = ExactDecimal(text) else { throw settings.bad(spelled(name), expected: expected) }
    return number
  }

  func count(_ name: String) throws(ConfigurationError) -> Int64? {
    let expected = "a whole number, at least 0"
    guard let number = try number(name, expected: expected) else { return nil }
    guard number.places == 0 else { throw settings.bad(spelled(name), expected: expected) }
    return number.digits
  }

  func expectOnly(_ names: [String]) throws(ConfigurationError) { try settings.expectOnly(names.map(spelled)) }
}
