import Analysis
import Gateways
import Planning
import Reporting
import Statistics
import Traffic

/// `headroom limits`: the exact rate–burst frontier, and the smallest safe limit.
struct LimitsCommand: Command {
  /// Who writes configuration for a product.
  var reader: @Sendable (GatewayProduct) -> (any GatewayReader)? = { GatewayReaders.reader(for: $0) }

  let words = ["limits"]
  let summary = "for each rate the smallest burst that rejects nobody; the smallest safe limit"
  let examples = [
    Example("headroom limits --key consumer", "the burst that each rate needs, over all consumers"),
    Example(
      "headroom limits --key client --recommend --tolerate 0.1% --for nginx",
      "the smallest limit per address that rejects at most one request in a thousand, as nginx lines"),
    Example("headroom limits --key consumer --recommend --per-key", "each consumer's own smallest limit"),
    Example(
      "headroom limits --recommend --certificate limit.json", "with the request that breaks one notch lower"),
    Example("headroom limits --verify limit.json", "does it still hold? exit 1 if not"),
  ]
  let options =
    [
      Option(
        name: "key", value: "COLUMN", summary: "count by consumer (default), client, route, host, node or all; two make a pair",
        choices: ArrivalKey.Part.allCases.map(\.rawValue) + ["all"], isRepeatable: true),
      Option(
        name: "for", value: "PRODUCT", summary: "whose limiter, and whose configuration to print (default nginx)",
        choices: GatewayProduct.allCases.map(\.rawValue)),
      Option(name: "rates", value: "LIST", summary: "rates of the table, such as 10,20,50r/s (default: round ones around the traffic's)"),
      Option(name: "windows", value: "LIST", summary: "windows of the table where limits count by window, such as 1s,1m,1h"),
      Option(name: "percentiles", value: "LIST", summary: "percentiles of keys, such as 50,90,99 (default)"),
      Option(name: "recommend", summary: "search the smallest safe limit"),
      Option(name: "tolerate", value: "SHARE", summary: "requests that may be rejected, such as 0.1% (default 0%); recommends"),
      Option(name: "for-all", summary: "one limit that every key gets (default)"),
      Option(name: "per-key", summary: "each key's own curve or limit"),
      Option(
        name: "burst-within", value: "TIME",
        summary: "a recommended burst is at most this much of its rate, or 5 requests (default 2s)"),
      Option(name: "window", value: "TIME", summary: "the window of a recommended limit where limits count by window"),
      Option(name: "certificate", value: "FILE", summary: "write what was found so that --verify can check it; recommends"),
      Option(name: "verify", value: "FILE", summary: "check a certificate against the store; exit 1 if it no longer holds"),
    ] + CommonOptions.query
  let remarks = [
    "Burst is what the product means by it (nginx's burst=, Envoy's max_tokens, Traefik's burst, …), computed with the"
      + " product's own arithmetic: with it no recorded request is rejected, with one less at least one is. Queue is"
      + " the unrounded maximum of q ← max(0, q − rate·Δt) + 1. Percentiles are nearest ranks over keys. Drained is how"
      + " long a full burst takes to be worked off.",
    "Smallest safe: the smallest round rate that needs no more burst than 2 s of itself (--burst-within) or 5 requests,"
      + " and at that rate the smallest burst, both keeping rejections within --tolerate: of all requests with"
      + " --for-all, of each key's own with --per-key. The burst to write is rounded up. Where limits count by window"
      + " (kong, envoy-ratelimit, haproxy, tyk): the smallest limit for --window.",
    "A lock-out lasts from a key's first rejection to its next request that passes. Rejected requests are not tried"
      + " again here; 'headroom simulate' has clients that retry.",
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    if let file = invocation.value("verify") {
      return try await LimitsVerification(store: store, ledger: ledger, invocation: invocation).run(file)
    }
    let request = try LimitsRequest(invocation)
    let traffic = try await KeyedTraffic(store.traffic, by: request.key, scope: try invocation.scope(ledger))
    guard traffic.census.keyed > 0 else { throw Self.nothing(traffic.census, request, invocation) }
    let profiles = try await KeyProfiles(of: traffic)
    let work = LimitsWork(request: request, traffic: traffic, profiles: profiles, ledger: ledger)
    let frontier = try await work.frontier()
    let recommendation = request.recommends ? try await work.recommendation() : nil
    let document = LimitsDocument(
      work: work, frontier: frontier, recommendation: recommendation, reader: reader(request.dialect.product)
    ).document
    if let path = invocation.value("certificate"), let recommendation {
      try CertificateFile(recommendation.certificates, window: work.window, invocation: invocation).write(to: path)
    }
    try invocation.print(document)
    return .done
  }

  private static func nothing(
    _ census: ArrivalCensus, _ request: LimitsRequest, _ invocation: Invocation
  ) -> Diagnostic {
    guard census.requests > 0 else {
      return Diagnostic(
        "no request is in the window", place: invocation.storePath,
        help: "'headroom show sources' lists what is in the store; check --since, --until and --where.")
    }
    let names = request.key.parts.map(\.rawValue).joined(separator: " and ")
    return Diagnostic(
      "no request has a \(names)", place: invocation.storePath,
      help: "count by what the log has: --key client, --key route, --key host or --key all.")
  }
}
