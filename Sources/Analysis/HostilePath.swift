/// Paths that nobody asks an API for in good faith: what scanners try.
public enum HostilePath {
  /// Whether a path or its template holds one of the known signs, in any case of letters.
  public static func isOne(_ path: String) -> Bool {
    let bytes = path.utf8.prefix(4_096).map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    return signs.contains { contains(bytes, $0) }
  }

  private static let signs = [
    "../", "..%2f", "%2e%2e", "..\\", "/.env", "/.git", "/.svn", "/.aws", "/.ssh", "/.htaccess", "/.htpasswd",
    "/.ds_store", "wp-admin", "wp-login", "wp-content", "xmlrpc.php", "phpmyadmin", "phpunit", "phpinfo", "eval-stdin",
    "/etc/passwd", "cgi-bin", "boaform", "/hnap1", "/solr/", "/manager/html", "admin/config.php", "<script", "%3cscript",
    "union+select", "union%20select", "${jndi", "%24%7bjndi", "/shell", "/setup.cgi", "server-status",
  ].map { Array($0.utf8) }

  private static func contains(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
    guard bytes.count >= word.count else { return false }
    return (0...bytes.count - word.count).contains { start in
      bytes[start] == word[0] && bytes[start..<start + word.count].elementsEqual(word)
    }
  }
}
