public import Gateways
public import Traffic

/// What arrivals are grouped by: nothing, one column or a pair of them.
public struct ArrivalKey: Hashable, Sendable {
  /// One column that a limit counts by.
  public enum Part: String, CaseIterable, Hashable, Sendable {
    case consumer, client, route, host, node

    /// Where the traffic has it.
    public var column: ScanColumn {
      switch self {
      case .consumer: .stored(.consumer)
      case .client: .stored(.client)
      case .route: .route
      case .host: .stored(.host)
      case .node: .stored(.gateway)
      }
    }
  }

  /// At most two; empty for all requests together.
  public let parts: [Part]

  /// - Precondition: at most two parts, none twice.
  public init(_ parts: [Part]) {
    precondition(parts.count <= 2, "a key has at most two parts")
    precondition(Set(parts).count == parts.count, "a part of a key is there once")
    self.parts = parts
  }

  /// All requests together.
  public static let all = ArrivalKey([])

  var columns: [ScanColumn] { parts.map(\.column) }

  /// The key as gateways' configurations say it. The node is no part of it: gateways count per node by themselves.
  public var limitKey: LimitKey {
    LimitKey(parts.filter { $0 != .node }.map { .column($0.column) }, missing: .passes)
  }

  /// The texts of a key, one per part.
  public func texts(of key: GroupKey, in traffic: any TrafficSource) -> [String] {
    zip(parts, [key.first, key.second]).map { part, value in
      if part == .client, value >= 0, value < ClientAddress.symbolBase { return ClientAddress.ipv4Text(value) }
      let symbol = part == .client ? value &- ClientAddress.symbolBase : value
      return traffic.symbolText(symbol) ?? "(unknown)"
    }
  }
}
