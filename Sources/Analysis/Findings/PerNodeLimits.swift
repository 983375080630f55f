internal import Gateways
import Traffic

/// A limit that every node counts for itself: with N nodes, N times as much gets through.
public struct PerNodeLimits: FindingRule {
  public static let kind = "per-node-limits"
  public static let summary = "a limit counted by every node for itself, in a night of several nodes"

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    guard let model = night.model else { return [] }
    let rules = model.rules.filter { rule in
      let counter = model.counters[rule.counter]
      guard counter.scope == .perNode, !rule.isDryRun else { return false }
      // A client that always comes to the same node meets the limit as it is written.
      return !(model.balancing == .client && counter.key == .client)
    }
    guard let first = rules.first else { return [] }
    let load = try await night.answer(NodeLoad(scope: night.scope, ledger: night.ledger))
    let nodes = load.rows.filter { $0.node != nil }
    guard nodes.count > 1 else { return [] }
    return [finding(first, others: Int64(rules.count - 1), nodes, load)]
  }

  private func finding(
    _ rule: LimitRule, others: Int64, _ nodes: [NodeLoad.Row], _ load: NodeLoad.Answer
  ) -> Finding {
    let count = Int64(nodes.count)
    let busiest = nodes.map(\.totals.requests).max() ?? 0
    let limited = nodes.reduce(0) { $0 + $1.totals.limited }
    let more: Sentence = others > 0 ? " and \(.integer(others)) more limits" : ""
    let source = Derivation.command("headroom show nodes")
    return Finding(
      kind: Self.kind, subject: rule.name, severity: .warning,
      impact: max(0.05, Double(limited) / Double(max(1, load.requests))), confidence: 0.8,
      headline: """
        Each of \(.integer(count)) nodes counts \(.text(rule.name))\(more) for itself: together they let up to \
        \(.integer(count)) times as much through.
        """,
      evidence: [
        Finding.Evidence("nodes", "Nodes in the log", .integer(count), source),
        Finding.Evidence("busiest", "Requests of the busiest node", .integer(busiest), source),
        Finding.Evidence("requests", "Requests of all nodes", .integer(load.requests), source),
        Finding.Evidence("limited", "Refused by a limit", .integer(limited), source),
      ],
      cost: """
        A node more raises every such limit, a node less lowers it; where balancing is uneven, the busiest node refuses \
        while the others have room.
        """,
      action: """
        Divide the limit by the number of nodes, or count in one place. headroom simulate with --nodes \(.integer(count)) \
        and with --nodes 1 shows both.
        """,
      command: "headroom show nodes")
  }
}
