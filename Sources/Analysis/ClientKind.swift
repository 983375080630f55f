/// What kind of program calls, by what it says of itself. A claim, not a proof: anybody can send any agent.
public enum ClientKind: String, CaseIterable, Hashable, Sendable {
  case browser, app, library, tool, bot, monitor, scanner, other, none

  public var name: String {
    switch self {
    case .browser: "browser"
    case .app: "mobile app"
    case .library: "HTTP library"
    case .tool: "command line"
    case .bot: "bot"
    case .monitor: "monitoring"
    case .scanner: "scanner"
    case .other: "other"
    case .none: "no agent"
    }
  }

  /// The kind of a `User-Agent`; the first family of `families` with a word in it. Only the first 512 bytes count.
  public init(agent: String?) {
    guard let agent, !agent.isEmpty, agent != "-" else {
      self = .none
      return
    }
    let bytes = agent.utf8.prefix(512).map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    self = Self.families.first { $0.words.contains { Self.contains(bytes, $0) } }?.kind ?? .other
  }

  /// Words in lower case. Order decides: scanners and bots call themselves browsers too, and apps name the library
  /// that they use.
  private static let families = [
    Family(
      .scanner, "sqlmap", "nikto", "nmap", "masscan", "zgrab", "nuclei", "gobuster", "dirbuster", "wpscan", "acunetix",
      "nessus", "censys", "l9explore", "l9tcpid", "wfuzz", "ffuf"),
    Family(
      .monitor, "kube-probe", "elb-healthchecker", "googlehc", "uptimerobot", "pingdom", "statuscake", "blackbox",
      "prometheus", "datadog", "zabbix", "nagios", "newrelic", "site24x7", "healthcheck", "health-check",
      "consul health", "updown.io"),
    Family(
      .bot, "bot", "crawl", "spider", "slurp", "facebookexternalhit", "bingpreview", "scrapy", "headlesschrome"),
    Family(
      .app, "cfnetwork", "dalvik", "darwin/", "; ios ", "okhttp/", "alamofire", "android; ", "expo/", "reactnative",
      "flutter"),
    Family(.browser, "mozilla/5.0", "opera/"),
    Family(
      .tool, "curl/", "wget/", "httpie/", "postmanruntime", "insomnia/", "k6/", "apachebench", "wrk", "hey/", "vegeta"),
    Family(
      .library, "python", "aiohttp", "httpx", "go-http-client", "java/", "apache-httpclient", "node", "axios", "undici",
      "got (", "ruby", "faraday", "guzzle", "php", "reqwest", "hyper", "dart/", "libwww", ".net", "grpc-", "resty",
      "urllib", "jersey", "spring", "rest-client", "http_client", "httpclient", "envoy"),
  ]

  private struct Family: Sendable {
    let kind: ClientKind
    let words: [[UInt8]]

    init(_ kind: ClientKind, _ words: String...) {
      self.kind = kind
      self.words = words.map { Array($0.utf8) }
    }
  }

  private static func contains(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
    guard bytes.count >= word.count else { return false }
    return (0...bytes.count - word.count).contains { start in
      bytes[start] == word[0] && bytes[start..<start + word.count].elementsEqual(word)
    }
  }
}
