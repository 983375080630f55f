import Scanning

/// Where a directive may stand.
enum NginxContext: String, Hashable, Sendable {
  case main = "the top level", http, server, location, condition = "if"
}

/// The directives that decide something here, where nginx allows them, and the words that are nearly one of them.
enum NginxVocabulary {
  static let limits: Set<String> = [
    "limit_req", "limit_req_status", "limit_req_dry_run", "limit_req_log_level",
    "limit_conn", "limit_conn_status", "limit_conn_dry_run", "limit_conn_log_level",
  ]
  static let zones: Set<String> = ["limit_req_zone", "limit_conn_zone"]

  /// Whether a word among the arguments of another directive can only be there because a `;` is missing.
  static func isSwallowed(_ word: String) -> Bool { limits.contains(word) || zones.contains(word) }

  /// Contexts of a directive that matters; nil for every other.
  static func contexts(of name: String) -> [NginxContext]? {
    switch name {
    case _ where limits.contains(name): [.http, .server, .location]
    case _ where zones.contains(name): [.http]
    case "http": [.main]
    case "server": [.http]
    case "location": [.server, .location]
    case "server_name", "listen": [.server]
    case "internal": [.location]
    default: nil
    }
  }

  private static let important =
    (limits.union(zones).union(["http", "server", "location", "server_name", "listen", "internal", "include"]))
    .sorted()

  /// Directives of nginx that look like one that matters and are none.
  private static let harmless: Set<String> = [
    "http2", "http3", "limit_rate", "limit_except", "limit_rate_after",
  ]

  /// The word that was meant by one that is not nginx's: a misspelt limit must not read as no limit.
  static func meant(by name: String) -> String? {
    guard contexts(of: name) == nil, !harmless.contains(name), name.utf8.count <= 32 else { return nil }
    // Gone since nginx 1.7.6.
    if name == "limit_zone" { return "limit_conn_zone" }
    let near = important.filter { abs($0.utf8.count - name.utf8.count) <= 2 }.map {
      (distance: NearestWord.distance(name, $0), word: $0)
    }
    .filter { $0.distance > 0 && $0.distance <= ($0.word.utf8.count < 8 ? 1 : 2) }
    return near.min { $0 < $1 }?.word
  }

  /// Directives that stand at the top level of a main configuration only.
  static let mainOnly: Set<String> = [
    "events", "http", "stream", "mail", "user", "worker_processes", "pid", "daemon", "master_process",
    "load_module",
    "worker_rlimit_nofile", "worker_cpu_affinity", "worker_priority", "worker_shutdown_timeout", "env",
    "pcre_jit",
    "worker_rlimit_core", "thread_pool", "timer_resolution", "working_directory", "google_perftools_profiles",
  ]

  /// Directives that stand in a server or location, and never directly in `http`.
  static let serverOnly: Set<String> = ["location", "listen", "server_name"]
}
