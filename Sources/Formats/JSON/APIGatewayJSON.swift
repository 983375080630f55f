import Traffic

/// Amazon API Gateway's access log as JSON. The template is the user's; these are the names `$context`
/// suggests.
///
/// Unset variables print `-`, and all numbers arrive as strings.
/// - Source: AWS, *Variables for access logging for API Gateway*.
struct APIGatewayJSON: KeyedDialect {
  let name = "aws-apigateway-json"
  let summary = "Amazon API Gateway access log, JSON"
  let basis = StampBasis.start

  var rules: [KeyRule] {
    [
      KeyRule("requestTimeEpoch", .time, .milliseconds), KeyRule("requestTime", .time, rank: 1),
      KeyRule("responseLatency", .duration, .milliseconds),
      KeyRule("integrationLatency", .upstreamDuration, .milliseconds),
      KeyRule("integration.latency", .upstreamDuration, .milliseconds, rank: 1),
      KeyRule("integrationStatus", .upstreamStatus), KeyRule("integration.status", .upstreamStatus, rank: 1),
      KeyRule("httpMethod", .method), KeyRule("method", .method, rank: 1), KeyRule("path", .path),
      KeyRule("rawPath", .path, rank: 1), KeyRule("protocol", .wireProtocol), KeyRule("domainName", .host),
      KeyRule("resourcePath", .routeName), KeyRule("routeKey", .routeName, rank: 1),
      KeyRule("status", .status), KeyRule("responseLength", .bytesOut),
      KeyRule("ip", .client), KeyRule("sourceIp", .client, rank: 1),
      KeyRule("identity.sourceIp", .client, rank: 1),
      KeyRule("userAgent", .userAgent), KeyRule("identity.userAgent", .userAgent, rank: 1),
      KeyRule("apiKeyId", .consumer), KeyRule("identity.apiKeyId", .consumer, rank: 1),
      KeyRule("principalId", .consumer, rank: 2), KeyRule("authorizer.principalId", .consumer, rank: 2),
      KeyRule("authorizer.claims.sub", .consumer, rank: 3), KeyRule("user", .consumer, rank: 4),
      KeyRule("caller", .consumer, rank: 5), KeyRule("apiId", .service), KeyRule("stage", .gateway),
      KeyRule("requestId", .requestID), KeyRule("xrayTraceId", .trace),
      KeyRule("errorType", .termination), KeyRule("error.responseType", .termination, rank: 1),
      KeyRule("responseType", .termination, rank: 2), KeyRule("errorResponseType", .termination, rank: 2),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.requestID) && values.has(.time) && values.has(.status)
      && (values.has(.routeName) || values.has(.upstreamDuration) || self.stampIsEpoch(values))
  }

  private func stampIsEpoch(_ values: LineValues) -> Bool { values[.time].unit == .milliseconds }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    let shape = values.writeRequest(into: &batch)
    var evidence = values.writeUpstream(into: &batch)
    evidence.status = status
    evidence.request = shape
    evidence.wasForwarded = evidence.wasForwarded || batch.current(.upstreamDuration) != .absent
    values.writeCommon(into: &batch)
    values.writeSymbol(.termination, .termination, into: &batch)
    guard let known = outcome(&values, status: status) else {
      values.writeOutcome(evidence, into: &batch)
      return nil
    }
    if known == .rateLimited { batch.set(.limit, LimitVerdict.rejected.rawValue) }
    batch.set(.outcome, known.rawValue)
    return nil
  }

  /// What the gateway's response type says.
  private func outcome(_ values: inout LineValues, status: Int64) -> Outcome? {
    guard values.has(.termination) else { return nil }
    if values.equals(.termination, "THROTTLED") || values.equals(.termination, "QUOTA_EXCEEDED") {
      return .rateLimited
    }
    if values.equals(.termination, "INTEGRATION_TIMEOUT") { return .upstreamTimeout }
    if values.equals(.termination, "INTEGRATION_FAILURE") { return .upstreamReset }
    if values.equals(.termination, "MISSING_AUTHENTICATION_TOKEN")
      || values.equals(.termination, "RESOURCE_NOT_FOUND")
    {
      return .localReply
    }
    if values.begins(.termination, "BAD_REQUEST") || values.equals(.termination, "REQUEST_TOO_LARGE") {
      return .clientProtocol
    }
    if values.begins(.termination, "API_CONFIGURATION") || values.begins(.termination, "AUTHORIZER_") {
      return .internal
    }
    return status == 401 || status == 403 ? .denied : nil
  }
}
