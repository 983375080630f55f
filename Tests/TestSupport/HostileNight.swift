import Foundation

/// A night in which somebody planted texts that try to act, in every field of a log that holds text.
public struct HostileNight: Sendable {
  public static let texts: [String] = [
    "<script>window.pwned=1</script>", "\"><img src=x onerror=window.pwned=1>", "' onmouseover='window.pwned=1",
    "</script><script>window.pwned=1</script>", "]]>--><!--", "&lt;b&gt;&#x3c;", "javascript:window.pwned=1",
    "{{7*7}}${7*7}", "=HYPERLINK(\"http://evil.example\",\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)",
    "[click](http://evil.example)", "![x](http://evil.example/p.png)", "`code` ```fence", "**bold** _it_ # h | cell |",
    "\u{1B}[2J\u{1B}[1;31mred\u{1B}]0;title\u{7}", "\u{9B}31m", "\u{202E}txt.exe\u{2066}", "\u{200B}\u{FEFF}zero",
    "line\nfeed\r\nand\ttab", "\u{0}nul", "שלום <b>", "\u{301}mark", "'; DROP TABLE requests; --", "%s%n%x", "../../etc/passwd",
  ]

  /// Longer than anybody should print.
  public static let long = String(repeating: "A", count: 1_000_000)

  /// Keys of JSON lines that become text columns.
  public static let fields = [
    "method", "path", "host", "route", "hostname", "service", "upstream", "consumer", "client_ip", "user_agent", "referer",
  ]

  /// JSON lines: ordinary traffic, and often enough to be in every table each text in each field.
  public static func log() -> String {
    var random = SeededGenerator(seed: 5)
    var lines: [String] = []
    for second in 0..<1_200 { lines.append(line(at: second, [:], &random)) }
    for (index, text) in texts.enumerated() {
      for (place, field) in fields.enumerated() {
        for repetition in 0..<3 {
          lines.append(line(at: (index * 31 + place * 7 + repetition) % 1_200, [field: value(text, field)], &random))
        }
      }
      lines.append(line(at: index, fields.reduce(into: [:]) { $0[$1] = value(text, $1) }, &random))
    }
    lines.append(line(at: 600, ["user_agent": long], &random))
    return lines.joined(separator: "\n") + "\n"
  }

  /// A path begins with a slash, and some have the text in the query.
  private static func value(_ text: String, _ field: String) -> String {
    field == "path" ? (text.utf8.count % 2 == 0 ? "/api/" + text : "/api/list?q=" + text) : text
  }

  private static func line(at second: Int, _ planted: [String: String], _ random: inout SeededGenerator) -> String {
    let routes = ["orders", "users", "cart", "search"]
    let route = routes[Int(random.next() % 4)]
    let status = [200, 200, 200, 200, 200, 200, 304, 404, 429, 502][Int(random.next() % 10)]
    var record: [String: Any] = [
      "time": String(format: "2026-11-21T%02d:%02d:%02d.%03dZ", 8, second / 60, second % 60, Int(random.next() % 1_000)),
      "method": "GET", "path": "/api/\(route)/\(random.next() % 50)", "host": "api.example.com", "route": route,
      "hostname": "gw\(random.next() % 2)", "service": "svc-\(route)", "upstream": "10.0.0.\(random.next() % 3):80",
      "consumer": "key-\(random.next() % 9)", "client_ip": "198.51.100.\(random.next() % 20)", "user_agent": "app/1.0",
      "referer": "-", "status": status, "duration_ms": Int(random.next() % 90) + 1, "bytes": Int(random.next() % 9_000),
      "upstream_cache_status": status == 200 ? "MISS" : "BYPASS",
    ]
    for (field, text) in planted { record[field] = text }
    guard let data = try? JSONSerialization.data(withJSONObject: record, options: [.sortedKeys]) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
