/// Request headers that logs have under other names.
enum RequestHeader {
  /// What a header's value is compared as; nil where logs do not have it.
  /// - Parameter name: in any case, pseudo headers with their colon.
  static func subject(of name: String) -> RequestMatch.Condition.Subject? {
    switch name.lowercased() {
    case ":path": .path
    case ":method": .method
    case ":authority", "host": .host
    case let other where consumers.contains(other): .consumer
    default: nil
    }
  }

  /// Headers that carry a key or a caller's name, which log formats read as the consumer.
  static let consumers: Set<String> = [
    "x-consumer-username", "x-consumer-custom-id", "x-consumer-id", "x-credential-identifier", "x-api-key",
    "apikey",
    "api-key", "x-apikey", "x-api-token", "x-client-id", "x-app-id", "x-tenant-id", "x-customer-id",
    "x-user-id",
    "x-user", "x-remote-user",
  ]

  /// The header to write for the consumer, which reads back as one that stands for the consumer.
  static let consumer = "x-api-key"

  /// Whether a name can be written without quoting rules of its own.
  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name == name.lowercased()
      && name.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95 }
  }
}
