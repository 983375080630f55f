import Traffic

/// What the directives of Apache's `LogFormat` hold; varnishncsa shares most of them.
///
/// - Source: Apache HTTP Server documentation, *mod_log_config*, *mod_logio*, *mod_ssl*.
enum ApacheDirectives {
  /// A directive as written: `%>s`, `%{User-Agent}i`, `%^FB`.
  struct Directive {
    var letters: String
    var argument: String?
    /// `<` asks for the original request, `>` for the final one.
    var scope: Character?
    var text: String
  }

  static func field(_ directive: Directive) -> TemplateField? {
    let text = directive.text
    let isFinal = directive.scope == ">"
    switch directive.letters {
    case "a": return TemplateField(.client, text, rank: directive.argument == "c" ? 2 : 0)
    case "h": return TemplateField(.client, text, rank: directive.argument == "c" ? 3 : 1)
    case "u": return TemplateField(.consumer, text, rank: 40)
    case "t": return TemplateField(.commonLogStamp, text, rank: 9)
    case "r": return TemplateField(.request, text)
    case "m": return TemplateField(.method, text)
    case "U": return TemplateField(.path, text)
    case "q": return TemplateField(.query, text)
    case "H": return TemplateField(.wireProtocol, text)
    case "s": return TemplateField(.status, text, rank: isFinal ? 0 : 1)
    case "b": return TemplateField(.number, text, column: .bytesOut, rank: 2)
    case "B": return TemplateField(.number, text, column: .bytesOut, rank: 1)
    case "O": return TemplateField(.number, text, column: .bytesOut, rank: 0, code: FormatTemplate.wireBytes)
    case "I": return TemplateField(.number, text, column: .bytesIn)
    case "D": return TemplateField(.duration, text, column: .duration, scale: 0, rank: 0)
    case "T": return duration(directive)
    case "^FB": return TemplateField(.duration, text, column: .firstByte, scale: 0)
    case "X": return TemplateField(.connectionState, text)
    case "v": return TemplateField(.host, text, rank: 5)
    case "V": return TemplateField(.host, text, rank: 4)
    case "i": return header(directive)
    case "f": return TemplateField(.skip, text)
    case "p": return TemplateField(.skip, text, note: directive.argument == "remote" ? "client_port" : nil)
    case "L": return TemplateField(.skip, text, note: "req_id")
    case "e": return environment(directive)
    case "x": return variable(directive)
    case "A", "l", "S", "k", "o", "C", "n", "R", "P", "^ti", "^to": return TemplateField(.skip, text)
    default: return nil
    }
  }

  /// `%T` is whole seconds unless the argument says otherwise.
  private static func duration(_ directive: Directive) -> TemplateField {
    switch directive.argument {
    case "us": TemplateField(.duration, directive.text, column: .duration, scale: 0, rank: 1)
    case "ms": TemplateField(.duration, directive.text, column: .duration, scale: 3, rank: 2)
    default: TemplateField(.duration, directive.text, column: .duration, scale: 6, rank: 3)
    }
  }

  private static func header(_ directive: Directive) -> TemplateField {
    let name = (directive.argument ?? "").lowercased()
    switch name {
    case "user-agent": return TemplateField(.text, directive.text, column: .userAgent)
    case "referer": return TemplateField(.text, directive.text, column: .referer)
    case "host": return TemplateField(.host, directive.text, rank: 1)
    case "traceparent": return TemplateField(.traceparent, directive.text, note: "traceparent")
    case "x-forwarded-for": return TemplateField(.skip, directive.text, note: "xff")
    case "x-request-id", "x-correlation-id": return TemplateField(.skip, directive.text, note: "req_id")
    default:
      let variable = name.map { $0 == "-" ? "_" : $0 }
      guard let rank = NginxVariables.consumerHeaders[String(variable)] else {
        return TemplateField(.skip, directive.text)
      }
      return TemplateField(.consumer, directive.text, rank: rank)
    }
  }

  private static func environment(_ directive: Directive) -> TemplateField {
    switch directive.argument {
    case "REMOTE_USER": TemplateField(.consumer, directive.text, rank: 41)
    case "UNIQUE_ID": TemplateField(.skip, directive.text, note: "req_id")
    default: TemplateField(.skip, directive.text)
    }
  }

  /// mod_ssl's variables, and varnishncsa's extensions.
  private static func variable(_ directive: Directive) -> TemplateField {
    switch directive.argument {
    case "SSL_PROTOCOL": TemplateField(.skip, directive.text, note: "tls.version")
    case "Varnish:time_firstbyte":
      TemplateField(.duration, directive.text, column: .firstByte, scale: 6)
    // `Varnish:hitmiss` calls everything but a hit a miss.
    case "Varnish:handling": TemplateField(.cacheWord, directive.text)
    case "Varnish:side": TemplateField(.skip, directive.text, note: "side")
    default: TemplateField(.skip, directive.text)
    }
  }
}
