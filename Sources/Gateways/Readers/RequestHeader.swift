public import Traffic

/// Which columns of a log hold what request headers say.
public enum RequestHeader {
  /// The column that holds a header's value as it came; nil where logs keep none.
  /// - Parameter name: in any case, pseudo headers with their colon.
  static func column(of name: String) -> RequestColumn? { columns[name.lowercased()] }

  /// The column that tells requests apart as a header does: its own, the consumer for one that carries a key or a
  /// caller's name, the client for one that carries the client's address; nil for all others.
  /// - Parameter name: in any case, pseudo headers with their colon.
  public static func standIn(for name: String) -> RequestColumn? {
    let name = name.lowercased()
    return columns[name] ?? (consumers.contains(name) ? .consumer : addresses.contains(name) ? .client : nil)
  }

  /// What a header's value is compared as; nil where logs do not have it.
  /// - Parameter name: in any case, pseudo headers with their colon.
  static func subject(of name: String) -> RequestMatch.Condition.Subject? {
    switch standIn(for: name) {
    case .path: .path
    case .method: .method
    case .host: .host
    case .consumer: .consumer
    default: nil
    }
  }

  private static let columns: [String: RequestColumn] = [
    ":path": .path, ":method": .method, ":authority": .host, "host": .host, "user-agent": .userAgent,
    "referer": .referer,
  ]

  /// Headers that carry a key or a caller's name, which log formats read as the consumer.
  static let consumers: Set<String> = [
    "x-consumer-username", "x-consumer-custom-id", "x-consumer-id", "x-credential-identifier", "x-api-key", "apikey",
    "api-key", "x-apikey", "x-api-token", "x-client-id", "x-app-id", "x-tenant-id", "x-customer-id", "x-user-id",
    "x-user", "x-remote-user",
  ]

  /// Headers that carry the address of the client, alone or before those of proxies.
  private static let addresses: Set<String> = ["x-forwarded-for", "x-real-ip", "cf-connecting-ip", "true-client-ip"]

  /// The header to write for the consumer, which reads back as one that stands for the consumer.
  static let consumer = "x-api-key"

  /// Whether a name can be written without quoting rules of its own.
  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name == name.lowercased()
      && name.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95 }
  }
}
