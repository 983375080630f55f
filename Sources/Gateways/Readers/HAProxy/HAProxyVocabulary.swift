import Scanning

/// Words of HAProxy's configuration that decide something here, and those that are nearly one of them.
enum HAProxyVocabulary {
  static let sections: Set<String> = [
    "global", "defaults", "frontend", "backend", "listen", "peers", "userlist", "resolvers", "mailers",
    "cache", "program",
    "http-errors", "ring", "log-forward", "crt-store", "fcgi-app", "log-profile", "acme", "traces",
    "healthcheck",
  ]

  private static let keywords = [
    "acl", "stick-table", "http-request", "tcp-request", "server", "timeout", "maxconn", "default-server",
    "mode",
    "default_backend", "use_backend",
  ]
  private static let harmless: Set<String> = [
    "http-response", "http-reuse", "http-check", "tcp-check", "tcp-response", "stick", "server-template",
    "option", "ssl-server",
  ]

  /// Whether a line can begin so: not with what only stands inside of lines.
  static func canBegin(_ word: String) -> Bool {
    guard let first = word.utf8.first, (0x61...0x7A).contains(first | 0x20) else { return false }
    return !word.contains("(") && !ending.contains(word) && !word.hasPrefix("track-sc") && word != "if"
      && word != "unless"
  }

  /// Modes of a section; requests are counted in the first only.
  static let modes = ["http", "tcp", "health", "log", "spop", "haterm"]

  /// Names of fetches and timeouts that decide something here.
  static func fetch(meantBy word: String) -> String? {
    let known = [
      "path_beg", "path_end", "path_reg", "path_sub", "path_dir", "hdr_beg", "hdr_end", "hdr_dom", "hdr_reg",
      "hdr_sub",
      "method", "req.hdr",
    ]
    guard !word.hasPrefix("shdr"), !word.hasPrefix("res.") else { return nil }
    return known.contains(word) || word.utf8.count > 32
      ? nil : known.first { NearestWord.distance(word, $0) == 1 }
  }

  static func timeout(meantBy word: String) -> String? {
    let others = [
      "client", "server", "check", "http-keep-alive", "http-request", "tunnel", "tarpit", "client-fin",
      "server-fin",
    ]
    return meant(by: word, among: ["queue", "connect"], except: Set(others))
  }

  /// The section or keyword that was meant by a word that is neither.
  static func keyword(meantBy word: String) -> String? {
    meant(by: word, among: keywords + sections.sorted(), except: harmless)
  }

  /// Actions that answer a request or let it go, so that later rules of the section do not see it.
  static let ending: Set<String> = [
    "deny", "tarpit", "reject", "silent-drop", "return", "allow", "accept", "redirect", "auth",
  ]

  private static let otherActions: Set<String> = [
    "add-acl", "add-header", "cache-use", "capture", "del-acl", "del-header", "del-map", "disable-l7-retry",
    "do-resolve",
    "early-hint", "normalize-uri", "pause", "replace-header", "replace-path", "replace-pathq", "replace-uri",
    "replace-value", "sc-add-gpc", "sc-inc-gpc", "sc-inc-gpc0", "sc-inc-gpc1", "sc-set-gpt", "sc-set-gpt0",
    "set-header",
    "set-path", "set-src", "set-dst", "set-tos", "set-mark", "set-var", "set-uri", "unset-var", "use-service",
    "wait-for-body", "wait-for-handshake", "set-timeout", "set-query", "set-method", "set-map", "set-nice",
    "strict-mode",
  ]

  /// The action that was meant by one that HAProxy does not have.
  static func action(meantBy word: String) -> String? {
    meant(by: word, among: ending.sorted() + ["track-sc0", "track-sc1", "track-sc2"], except: otherActions)
  }

  private static func meant(by word: String, among known: [String], except harmless: Set<String>) -> String? {
    guard !known.contains(word), !harmless.contains(word), word.utf8.count <= 32 else { return nil }
    let near = known.filter { abs($0.utf8.count - word.utf8.count) <= 2 }.map {
      (distance: NearestWord.distance(word, $0), word: $0)
    }
    .filter { $0.distance <= ($0.word.utf8.count < 8 ? 1 : 2) }
    return near.min { $0 < $1 }?.word
  }
}
