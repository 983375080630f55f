/// The words of the imagined world.
enum Vocabulary {
  static let words: [String] = {
    let first = [
      "red", "blue", "warm", "light", "small", "large", "cotton", "steel", "vintage", "summer", "winter",
      "kids",
      "running", "garden", "travel", "silent", "solid", "folding", "electric", "organic",
    ]
    let second = [
      "shoes", "lamp", "chair", "jacket", "bottle", "table", "bike", "tent", "phone", "mirror", "socks",
      "watch",
      "kettle", "desk", "bag", "shirt", "carpet", "blanket", "helmet", "drill",
    ]
    return second + first + first.flatMap { left in second.map { left + $0 } }
  }()

  /// Where scanners look.
  static let probes: [String] = {
    let known = [
      "wp-login.php", ".env", ".git/config", "phpmyadmin/index.php", "admin/config.php", "xmlrpc.php",
      "vendor/.env",
      "cgi-bin/luci", "actuator/env", "server-status", "backup.zip", "config.json",
      "wp-admin/setup-config.php",
    ]
    return known + (0..<200).map { "old/\(words[$0 * 2]).php" }
  }()

  static let referers =
    ["-"] + words.prefix(20).map { "https://shop.example.com/c/\($0)" }
    + ["https://shop.example.com/", "https://shop.example.com/cart", "https://www.example.org/deals"]

  /// Programs first, browsers from `firstBrowser` on, then the health check and a scanner.
  static let userAgents = programs + browsers + ["ELB-HealthChecker/2.0", "Mozilla/5.0 zgrab/0.x"]

  static var firstBrowser: Int { programs.count }
  static var probeAgent: Int { programs.count + browsers.count }
  static var scannerAgent: Int { probeAgent + 1 }

  /// Whether a consumer calls with a program of a server, and not with an app.
  static func isServerProgram(ofConsumer rank: Int) -> Bool {
    let agent = userAgents[Int(scrambled(UInt64(rank)) % UInt64(firstBrowser))]
    return agent.hasPrefix("python") || agent.hasPrefix("Go-")
  }

  private static let programs =
    (0..<8).map {
      "ShopApp/7.\($0) (iPhone; iOS 18.\($0 % 4); Scale/3.00) CFNetwork/1568.\($0)00.51 Darwin/24.1.0"
    }
    + (0..<8).map { "ShopApp/7.\($0).0 (Linux; Android 15; Pixel \(6 + $0 % 4)) okhttp/4.12.\($0 % 3)" }
    + (0..<4).map { "python-requests/2.3\($0).0" }
    + ["Go-http-client/2.0", "Go-http-client/1.1", "partner-sync/3.4.1 (+https://partner.example.net/bot)"]

  private static let browsers =
    (0..<10).map {
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/\(136 + $0).0.0.0 Safari/537.36"
    }
    + (0..<6).map {
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_\($0) like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        + "Version/18.\($0) Mobile/15E148 Safari/604.1"
    }
    + (0..<6).map { "Mozilla/5.0 (X11; Linux x86_64; rv:14\($0).0) Gecko/20100101 Firefox/14\($0).0" }
}
