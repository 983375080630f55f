/// One directive as written: its name, the words behind it, and the directives of the block that it opens.
struct NginxDirective: Hashable, Sendable {
  var name: NginxWord
  var arguments: [NginxWord]
  /// nil where a `;` ends the directive; empty for the body of a `*_by_lua_block`, which is not nginx's language.
  var block: [NginxDirective]?

  var place: ConfigurationPlace { name.place }

  /// As written, on one line and short, for notes: `limit_req zone=perip burst=20`.
  var summary: String {
    let text = ([name] + arguments).map(\.text).joined(separator: " ")
    let line = String(text.map { $0.isNewline ? " " : $0 }.prefix(80))
    return block == nil ? line : line + " { … }"
  }
}

/// A word of a configuration with the quotes and escapes taken off.
struct NginxWord: Hashable, Sendable {
  var text: String
  var place: ConfigurationPlace
}
