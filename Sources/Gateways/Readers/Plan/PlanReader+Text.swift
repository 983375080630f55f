import Scanning

extension PlanReader {
  /// A whole plan with the one limit, in the word of its primitive and with every parameter written out.
  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    let fields =
      [PlanField("name", text: proposal.name)] + PlanField.fields(of: proposal.limiter)
      + Self.keyFields(proposal.key)
      + [PlanField("status", number: Int64(proposal.status))]
    let text = """
      {
        "$schema": "plan.schema.json",
        "limits": [
          {
      \(fields.map { "      \($0.text)" }.joined(separator: ",\n"))
          }
        ]
      }

      """
    try Self.expect(text, toSay: proposal)
    return text
  }

  /// A plan that reads as something else than was asked for is not handed out.
  private static func expect(_ text: String, toSay proposal: LimitProposal) throws(NotExpressible) {
    let model: GatewayModel
    do throws(ConfigurationError) {
      model = try PlanReader().reading(of: text, file: "plan.json", include: { _ in [] }).model
    } catch {
      throw NotExpressible("a plan does not take it: \(Self.reason(error.problem))")
    }
    let rule = model.rules.first
    guard rule?.limiter == proposal.limiter, rule?.status == proposal.status, rule?.name == proposal.name,
      model.counters.first?.key == proposal.key
    else { throw NotExpressible("a plan cannot say these parameters exactly") }
  }

  private static func reason(_ problem: ConfigurationError.Problem) -> String {
    switch problem {
    case .badValue(let setting, let value, let expected): "'\(setting)' is '\(value)', expected \(expected)"
    case .unknownWord(let word, let kind, _): "'\(word)' is no \(kind)"
    case .contradiction(let words): words
    case .missing(let setting, let within): "'\(setting)' is missing in \(within)"
    case .syntax(let found, let expected): "\(found), expected \(expected)"
    case .unsupported(let feature, _): feature
    case .unknownReference(let name, let kind, _): "there is no \(kind) '\(name)'"
    case .cannotRead(let words): words
    case .unknownProduct: "no product"
    }
  }

  private static func keyFields(_ key: LimitKey) -> [PlanField] {
    let parts = key.parts.map(PlanKey.text)
    let value =
      parts.isEmpty
      ? PlanField("key", text: "all")
      : parts.count == 1 ? PlanField("key", text: parts[0]) : PlanField("key", texts: parts)
    return [value, PlanField("missing", text: key.missing.rawValue)]
  }
}
