import Analysis
import Gateways
import Scanning
import Simulation
import Traffic

/// Options of every command that replays traffic, and what they mean.
struct ReplayArguments {
  static let options = [
    Option(
      name: "config", letter: "c", value: "FILE", summary: "a gateway's own configuration, or a plan.json",
      isRepeatable: true),
    Option(
      name: "config-format", value: "NAME", summary: "whose configuration it is (default: recognised by content)",
      choices: GatewayProduct.allCases.map(\.rawValue)),
    Option(
      name: "nodes", value: "N[:BALANCER]",
      summary: "gateway nodes that count for themselves, behind round-robin (default), random or client balancing"
        + " (default: the nodes in the log)"),
    Option(
      name: "column", value: "NAME=COLUMN",
      summary: "the column that stands for a header or variable a limit counts by: x-api-key=consumer, $tenant=host",
      isRepeatable: true),
  ]

  let invocation: Invocation

  /// The configurations in the order given.
  func readings() throws -> [(path: String, reading: GatewayReading)] {
    let product = invocation.value("config-format").flatMap(GatewayProduct.init(rawValue:))
    let paths = invocation.values("config")
    guard !paths.isEmpty else {
      throw UsageError(.missingValue(option: "--config", placeholder: "FILE"), command: invocation.command.words)
    }
    return try paths.map { ($0, try GatewayConnection.reading(of: $0, product: product)) }
  }

  func options(for model: GatewayModel, ledger: [LedgerEntry]) throws -> ReplayOptions {
    var options = ReplayOptions()
    options.resolutions = Dictionary(
      ledger.map { ($0.number, $0.resolution.count) }, uniquingKeysWith: { first, _ in first })
    options.endStamped = Set(ledger.filter { $0.basis == .end }.map(\.number))
    if let nodes = model.nodes, nodes > 1 { options.nodes = .count(nodes, model.balancing) }
    if let text = invocation.value("nodes") { options.nodes = try nodes(text) }
    for text in invocation.values("column") {
      let (name, column) = try column(text)
      options.keyColumns[name] = column
    }
    return options
  }

  private func nodes(_ text: String) throws -> ReplayOptions.Nodes {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let balancing = parts.count > 1 ? NodeBalancing(rawValue: parts[1]) : NodeBalancing.roundRobin
    guard let count = parts.first.flatMap(Int.init), (1...10_000).contains(count), let balancing else {
      throw invocation.invalid(
        "--nodes", text, expected: "a number of nodes, and one of "
          + NodeBalancing.allCases.map(\.rawValue).joined(separator: ", ") + ": 4:random")
    }
    return .count(count, balancing)
  }

  private func column(_ text: String) throws -> (String, ScanColumn) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw invocation.invalid("--column", text, expected: "a header or variable and a column, such as x-api-key=consumer")
    }
    let name = parts[0].lowercased()
    if parts[1] == ScanColumn.route.name { return (name, .route) }
    guard let column = RequestColumn(name: parts[1]) else {
      throw UsageError(
        .unknownColumn(parts[1]), command: invocation.command.words,
        suggestion: NearestWord.nearest(to: parts[1], among: RequestColumn.allCases.map(\.name)))
    }
    return (name, .stored(column))
  }
}
