import Analysis
import Gateways
import Reporting
import Traffic

/// `show quotas`: how close everybody comes to their limits.
struct ShowQuotas: ShowCommand {
  let what = "quotas"
  let rollups = RollupUse.missing
  let summary = "pressure on limits: peaks, time above 80 %, growth to the first hit, burst credit, exhaustion"
  let examples = [
    Example("headroom show quotas", "limits as rejections show them, and everybody's peaks"),
    Example("headroom show quotas --config nginx.conf", "pressure on the limits of a configuration"),
    Example("headroom show quotas --limit 100/m --key consumer", "on a limit that does not exist yet"),
    Example("headroom show quotas --limit 10r/s --burst 20 --key client", "on a token bucket per address"),
    Example("headroom show quotas --limit 1000000/month", "when a monthly quota runs out"),
  ]
  var moreOptions: [Option] {
    ReplayArguments.options.filter { $0.name != "nodes" } + QuotaArguments.options
  }
  let remarks = [
    "Pressure is what was offered, rejected attempts included, over what a window of the limit admits. With --config"
      + " the limits are those of the gateway's own file, each on the requests it applies to.",
    "Without --config and --limit nothing but the log speaks of limits: callers whose requests were rejected while a"
      + " constant number got through have an inferred limit, labelled so, with its evidence.",
  ]

  func document(_ view: StoreView) async throws -> Document {
    let invocation = view.invocation
    var limits = try QuotaArguments(invocation: invocation).limits()
    var left: [String] = []
    var selector: QuotaSelector?
    if invocation.has("config") {
      if !limits.isEmpty { throw UsageError(.conflict("--config", "--limit"), command: words) }
      let arguments = ReplayArguments(invocation: invocation)
      let readings = try arguments.readings()
      guard readings.count == 1, let model = readings.first?.reading.model else {
        throw UsageError(.conflict("--config", "another --config"), command: words)
      }
      let configured = ConfiguredQuotas(model, options: try arguments.options(for: model, ledger: view.ledger))
      (limits, left) = (configured.limits, configured.left)
      let traffic = view.traffic
      selector = configured.selector { column, value in traffic.text(of: value, in: column) }
      if limits.isEmpty { left.append("the configuration has no limit on arrivals") }
    }
    let question = QuotaPressure(scope: view.scope, limits: limits, selector: selector)
    let answer = try await question.answer(from: view.traffic)
    return QuotaPage(answer: answer, isAsked: !limits.isEmpty, left: left).document
  }
}
