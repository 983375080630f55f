import Scanning
import Traffic

/// Azure Application Gateway's access log, version 1 or 2 of the product.
///
/// `timeTaken` is milliseconds in version 1 and seconds in version 2. Version 1 hides what it knows of the
/// upstream in `requestQuery`; version 2 has nginx's lists.
/// - Source: Microsoft, *Monitor Application Gateway reference*.
struct AzureGateway: KeyedDialect {
  let name: String
  let summary: String
  // The stamp is the line's, which nginx and IIS write at the end.
  let basis = StampBasis.end
  private let isFirst: Bool

  init(version: Int) {
    isFirst = version == 1
    name = isFirst ? "azure-appgw-v1" : "azure-appgw-v2"
    summary = "Azure Application Gateway \(isFirst ? "v1" : "v2") access log, JSON"
  }

  var rules: [KeyRule] {
    let unit: FieldUnit = isFirst ? .milliseconds : .seconds
    let common = [
      KeyRule("category", .message), KeyRule("properties.timeTaken", .duration, unit),
      KeyRule("properties.clientIP", .client), KeyRule("properties.clientPort", .clientPort),
      KeyRule("properties.httpMethod", .method), KeyRule("properties.httpVersion", .wireProtocol),
      KeyRule("properties.userAgent", .userAgent), KeyRule("properties.httpStatus", .status),
      KeyRule("properties.receivedBytes", .bytesIn), KeyRule("properties.sentBytes", .bytesOut),
      KeyRule("properties.originalHost", .host), KeyRule("properties.host", .host, rank: 1),
      KeyRule("properties.instanceId", .gateway), KeyRule("properties.transactionId", .requestID),
    ]
    if isFirst {
      return common + [
        KeyRule("time", .time), KeyRule("properties.requestUri", .path),
        KeyRule("properties.requestQuery", .details),
      ]
    }
    return common + [
      KeyRule("timeStamp", .time), KeyRule("time", .time, rank: 1),
      KeyRule("properties.originalRequestUriWithArgs", .path),
      KeyRule("properties.requestUri", .path, rank: 1),
      KeyRule("properties.requestQuery", .query), KeyRule("properties.clientResponseTime", .extraA, .seconds),
      KeyRule("properties.serverRouted", .upstream), KeyRule("properties.serverStatus", .upstreamStatus),
      KeyRule("properties.serverResponseLatency", .upstreamDuration, .seconds),
      KeyRule("properties.error_info", .termination), KeyRule("properties.sslProtocol", .tlsVersion),
      KeyRule("ruleName", .routeName), KeyRule("backendPoolName", .service), KeyRule("listenerName", .extraB),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    guard values.equals(.message, "ApplicationGatewayAccessLog") else { return false }
    let isSecond =
      values.has(.extraB) || values.has(.upstream) || values.has(.termination)
      || values.has(.upstreamDuration)
    return isFirst ? values[.time].rank == 0 && values.has(.time) && !isSecond : isSecond
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    // The product's own health probe.
    if values.equals(.client, "127.0.0.1") {
      return LineFailure(.notARequest, at: Int(values[.client].start))
    }
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    let shape = values.writeRequest(into: &batch)
    values.writeCommon(into: &batch)
    var evidence = isFirst ? writeHidden(&values, into: &batch) : values.writeUpstream(into: &batch)
    evidence.status = status
    evidence.request = shape
    evidence.knowsUpstream = true
    if let sending = values.micros(.extraA), let total = values.micros(.duration), total >= sending {
      batch.set(.firstByte, total - sending)
    }
    if let known = known(&values, into: &batch) {
      batch.set(.outcome, known.rawValue)
    } else {
      values.writeOutcome(evidence, into: &batch)
    }
    return nil
  }

  /// What `error_info` says.
  private func known(_ values: inout LineValues, into batch: inout RequestBatch) -> Outcome? {
    guard values.has(.termination), !values.equals(.termination, "ERRORINFO_NO_ERROR") else { return nil }
    values.writeSymbol(.termination, .termination, into: &batch)
    if values.contains(.termination, "UPSTREAM_NO_LIVE") { return .noUpstream }
    if values.contains(.termination, "UPSTREAM_TIMED_OUT") { return .upstreamTimeout }
    if values.contains(.termination, "UPSTREAM_CLOSED") { return .upstreamReset }
    if values.contains(.termination, "UPSTREAM_SSL") || values.contains(.termination, "UPSTREAM_CONN") {
      return .upstreamConnect
    }
    if values.contains(.termination, "CLIENT_CLOSED") { return .clientAbort }
    if values.contains(.termination, "CLIENT_TIMED_OUT") { return .clientTimeout }
    if values.contains(.termination, "ERRORINFO_INVALID") { return .clientProtocol }
    return nil
  }

  // MARK: Version 1

  /// `X-AzureApplicationGateway-CACHE-HIT=0&SERVER-ROUTED=10.0.3.17&SERVER-STATUS=200`
  private func writeHidden(_ values: inout LineValues, into batch: inout RequestBatch) -> OutcomeEvidence {
    var evidence = OutcomeEvidence()
    guard let hidden = values.bytes(.details), let base = hidden.baseAddress else { return evidence }
    let cursor = LineCursor(base, hidden.count)
    let whole = ByteRange(start: 0, end: hidden.count)
    func value(_ key: StaticString) -> ByteRange? {
      guard let place = cursor.find(key, in: whole) else { return nil }
      let start = place + key.utf8CodeUnitCount
      return ByteRange(
        start: start, end: WideScan.find(UInt8(ascii: "&"), in: base, from: start, to: hidden.count))
    }
    if let server = value("SERVER-ROUTED="), !server.isEmpty {
      evidence.wasForwarded = true
      batch.setSymbol(.upstream, base + server.start, server.count)
    }
    if let answered = value("SERVER-STATUS="),
      let status = Numbers.unsigned(base, answered.start, answered.end)
    {
      evidence.wasForwarded = true
      evidence.upstreamStatus = status
      batch.set(.upstreamStatus, status)
    }
    if evidence.wasForwarded { batch.set(.attempts, 1) }
    if let hit = value("CACHE-HIT="), cursor.equals(hit, "1") {
      evidence.isServedFromCache = true
      batch.set(.cache, CacheStatus.hit.rawValue)
    }
    return evidence
  }
}
