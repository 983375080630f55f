import Traffic

/// A proposed limit as settings of a connection manager. A consumer, whom Envoy does not know, becomes the header
/// `x-api-key`, which reads back as a header that stands for the consumer.
struct EnvoyProposal {
  private let proposal: LimitProposal
  private let bucket: [String]

  /// - Throws: where Envoy has no such limiter, key or status.
  init(_ proposal: LimitProposal) throws(NotExpressible) {
    self.proposal = proposal
    guard case .tokenBucket(let rate, let capacity) = proposal.limiter else {
      throw NotExpressible("Envoy's local rate limit is a token bucket only")
    }
    guard (400...599).contains(proposal.status) else {
      throw NotExpressible("Envoy replaces a status below 400 by 429")
    }
    // Envoy has whole milliseconds, 50 at least; the rate is what counts, so a multiple of both is the same limit.
    let toMilliseconds = 1_000 / rate.period.greatestCommonDivisor(with: 1_000)
    let (whole, tooLong) = rate.period.multipliedReportingOverflow(by: toMilliseconds)
    guard !tooLong, whole <= Self.longest else {
      throw NotExpressible("Envoy's fill_interval is at most 10000 years")
    }
    let factor = toMilliseconds * (whole >= 50_000 ? 1 : (50_000 + whole - 1) / whole)
    let (count, overflow) = rate.count.multipliedReportingOverflow(by: factor)
    guard !overflow, count <= Int64(UInt32.max), (0...Int64(UInt32.max)).contains(capacity) else {
      throw NotExpressible("Envoy's buckets hold at most 4294967295 tokens, and at most so many come at once")
    }
    bucket = [
      "max_tokens: \(capacity)", "tokens_per_fill: \(count)",
      "fill_interval: \(ExactDuration.protobufText(rate.period * factor))",
    ]
  }

  func text() throws(NotExpressible) -> String {
    let actions = try actions()
    let name = proposal.name
    var lines = [
      "# Settings of the HttpConnectionManager; this filter goes before envoy.filters.http.router.",
      "http_filters:",
      "- name: envoy.filters.http.local_ratelimit",
      "  typed_config:",
      "    \"@type\": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
      "    stat_prefix: \"\(name)\"",
      "    status: {code: \(proposal.status)}",
      "    filter_enabled: {default_value: {numerator: 100, denominator: HUNDRED}}",
      "    filter_enforced: {default_value: {numerator: 100, denominator: HUNDRED}}",
    ]
    // Without a bucket of their own, requests without the header pass; with one, they share it.
    if actions.isEmpty || proposal.key.missing == .counts {
      lines.append("    token_bucket: {\(bucket.joined(separator: ", "))}")
    }
    guard !actions.isEmpty else { return lines.joined(separator: "\n") + "\n" }
    if proposal.key.parts.contains(.column(.stored(.consumer))) {
      lines.insert("# Put the header that names the consumer for \(RequestHeader.consumer).", at: 1)
    }
    lines += [
      "    always_consume_default_token_bucket: false", "    max_dynamic_descriptors: 65536",
      "    rate_limits:",
      "    - actions:",
    ]
    lines += actions.map { "      - \($0.action)" }
    lines += ["    descriptors:", "    - entries:"] + actions.map { "      - key: \"\($0.key)\"" }
    lines += ["      token_bucket: {\(bucket.joined(separator: ", "))}"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func actions() throws(NotExpressible) -> [(key: String, action: String)] {
    var result: [(key: String, action: String)] = []
    for part in proposal.key.parts {
      if part == .column(.stored(.client)) {
        result.append(("remote_address", "remote_address: {}"))
      } else if let header = part == .column(.stored(.consumer))
        ? RequestHeader.consumer : EnvoyHeader.name(of: part)
      {
        guard RequestHeader.isPlain(header.hasPrefix(":") ? String(header.dropFirst()) : header) else {
          throw NotExpressible("'\(header)' is no header name")
        }
        let key = header.hasPrefix(":") ? String(header.dropFirst()) : header
        result.append((key, "request_headers: {header_name: \"\(header)\", descriptor_key: \"\(key)\"}"))
      } else {
        throw NotExpressible(
          "Envoy counts by client address, path, method, host or a header; name the header that has it")
      }
    }
    let isAlwaysThere = proposal.key.parts.allSatisfy(EnvoyHeader.isAlwaysThere)
    let canCount = proposal.key.missing == .counts && proposal.key.parts.count == 1
    guard isAlwaysThere || canCount || proposal.key.missing == .passes else {
      throw NotExpressible(
        "Envoy lets requests pass that lack a header of the key, or counts them all together")
    }
    return result
  }

  /// µs; protobuf's durations end there.
  private static let longest: Int64 = 315_576_000_000 * 1_000_000
}
