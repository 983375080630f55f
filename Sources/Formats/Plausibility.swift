import Traffic

/// Rows that a format could read, with values that cannot be meant so: the line has another format of the same shape.
enum Plausibility {
  /// How many rows of a batch are implausible for the format.
  static func implausible(_ format: any LogFormat, _ batch: borrowing RequestBatch) -> Int {
    if batch.count > 0, hasWrongUnit(format.name, batch) { return batch.count }
    return wrongClients(batch)
  }

  /// nginx prints seconds with three decimals, so whole seconds only are another field or another unit. A bare number
  /// of Apache is in seconds (`%T`) when all are small, else in µs (`%D`).
  private static func hasWrongUnit(_ name: String, _ batch: borrowing RequestBatch) -> Bool {
    guard let durations = batch.values(.duration) else { return false }
    let known = durations.filter { $0 != .absent && $0 != 0 }
    guard !known.isEmpty else { return false }
    if name.hasPrefix("nginx-") || name.hasPrefix("ingress-") || name.hasPrefix("apisix-") {
      return known.allSatisfy { $0 % 1_000_000 == 0 }
    }
    if name.hasSuffix("-D") || name.hasSuffix("-D-ttfb") { return known.allSatisfy { $0 < 600 } }
    if name.hasSuffix("-T") { return known.contains { $0 >= 600_000_000 } }
    return false
  }

  /// An address holds no space and, in a client column, no port: two fields were taken for one, or a virtual host for
  /// the client.
  private static func wrongClients(_ batch: borrowing RequestBatch) -> Int {
    guard let clients = batch.values(.client) else { return 0 }
    return clients.count { client in
      guard client >= ClientAddress.symbolBase else { return false }
      return batch.withSymbol(.client, Int(client - ClientAddress.symbolBase)) { text in
        text.contains(UInt8(ascii: " ")) || text.count(where: { $0 == UInt8(ascii: ":") }) == 1
      }
    }
  }
}
