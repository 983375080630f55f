import Scanning

/// Reads Headroom's own `plan.json`: JSON with comments and trailing commas that says limits in the words of any product
/// or by their bare arithmetic. `samples/plan.schema.json` describes it, `samples/plan.json` shows it.
public struct PlanReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .plan }

  public func confidence(in text: String, named file: String) -> Int {
    let name = file.split(separator: "/").last ?? ""
    if ["plan.json", "plan.jsonc"].contains(where: { name == $0 || name.hasSuffix("." + $0) }) { return 100 }
    if text.contains("plan.schema.json") { return 95 }
    guard text.contains("\"limits\""), text.contains("\"dialect\"") else { return 0 }
    return StructuredText.language(of: text, named: "") == .json ? 70 : 0
  }

  public func reading(
    of text: String, file: String, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> GatewayReading {
    let root: ConfigurationNode
    do throws(StructuredTextError) {
      root = try JSONReader.document(in: text, allowsTrailingCommas: true)
    } catch {
      throw ConfigurationError(error, file: file)
    }
    let plan = try Settings(root, name: "plan", file: file)
    let audit = ConfigurationAudit()
    try Self.refuseFuture(plan)
    try plan.expectOnly(["$schema", "name", "description", "nodes", "limits"])
    guard plan.has("limits") else { throw plan.missing("limits") }
    var model = GatewayModel(product: .plan)
    try PlanNodes.read(plan, into: &model, audit: audit)
    var entries = PlanEntries(audit: audit, file: file)
    for entry in try plan.settingsList("limits") { try entries.add(entry) }
    (model.counters, model.policies) = (entries.counters, entries.policies)
    return audit.reading(model)
  }

  /// What a plan will say one day: it is refused, so that nobody takes a plan for simulated that is not.
  private static func refuseFuture(_ plan: Settings) throws(ConfigurationError) {
    for entry in plan.entries {
      guard let instead = future[entry.key] else { continue }
      throw ConfigurationError(
        .unsupported(feature: "'\(entry.key)' in a plan: not read yet", instead: instead),
        at: plan.place(of: entry.key))
    }
  }

  private static let rest = "nodes and limits only, for now"

  private static let future: [String: String] = [
    "quotas": "a limit with the dialect fixed-window", "auth": rest, "caches": rest,
    "routes": "the option --routes",
    "upstreams": rest, "aggregations": rest, "pools": rest, "endpoints": rest, "timeouts": rest, "retries": rest,
    "breakers": rest, "health": rest, "cache": rest, "aggregation": rest, "balancer": "'balancer' within 'nodes'",
  ]
}

/// `"nodes": 3` or `"nodes": {"count": 3, "balancer": "round-robin"}`.
enum PlanNodes {
  static func read(_ plan: Settings, into model: inout GatewayModel, audit: ConfigurationAudit) throws(ConfigurationError)
  {
    guard let value = plan.value("nodes") else { return }
    var count: Int64?
    if case .mapping = value.value {
      let nodes = try Settings(value, name: "nodes", file: plan.file)
      try nodes.expectOnly(["count", "balancer"])
      count = try nodes.integer("count", in: 1...10_000)
      if count == nil { throw nodes.missing("count") }
      let balancer = try nodes.choice("balancer", of: NodeBalancing.allCases.map(\.rawValue))
      model.balancing = balancer.flatMap(NodeBalancing.init(rawValue:)) ?? .roundRobin
    } else {
      count = try plan.integer("nodes", in: 1...10_000)
    }
    guard let count else { return }
    let reached = model.balancing == .roundRobin ? "in turn" : "by \(model.balancing.rawValue)"
    audit.use(
      "nodes \(count)", at: plan.place(of: "nodes"), as: "counters per node are kept \(count) times, reached \(reached)")
    model.nodes = Int(count)
  }
}

/// What a limit of a plan can say, for its JSON Schema.
extension PlanReader {
  public static var dialectNames: [String] { PlanDialects.all.map(\.name) }
  public static var fieldNames: [String] { PlanEntries.commonFields + PlanDialects.all.flatMap(\.fields) }
}
