import Scanning
import Traffic

/// A JSON `log-format` of HAProxy whose keys are the names of its log variables (`Ta`, `tsc`, `fe`, `be`,
/// `srv` …).
///
/// - Source: HAProxy Configuration Manual, §8.2.4 *Custom log format*.
struct HAProxyJSON: KeyedDialect {
  let name = "haproxy-json"
  let summary = "HAProxy JSON log-format with variable names as keys"
  let basis = StampBasis.start
  let escapes = TextEscapes.haproxy

  var rules: [KeyRule] {
    [
      KeyRule("tr", .time), KeyRule("t1", .time, rank: 1), KeyRule("t", .time, rank: 2),
      KeyRule("trg", .time, rank: 3),
      KeyRule("T", .time, rank: 4),
      KeyRule("Ta", .duration, .milliseconds), KeyRule("Tt", .duration, .milliseconds, rank: 1),
      KeyRule("TR", .extraA, .milliseconds), KeyRule("Tw", .queueWait, .milliseconds),
      KeyRule("Tc", .connect, .milliseconds), KeyRule("Tr", .upstreamFirstByte, .milliseconds),
      KeyRule("Td", .extraB, .milliseconds), KeyRule("rc", .extraC),
      KeyRule("ci", .client), KeyRule("cp", .clientPort), KeyRule("fe", .routeName),
      KeyRule("ft", .routeName, rank: 1),
      KeyRule("f", .routeName, rank: 2), KeyRule("be", .service), KeyRule("b", .service, rank: 1),
      KeyRule("srv", .upstream), KeyRule("s", .upstream, rank: 1), KeyRule("st", .status),
      KeyRule("ST", .status),
      KeyRule("B", .bytesOut), KeyRule("U", .bytesIn), KeyRule("tsc", .termination), KeyRule("ts", .details),
      KeyRule("m", .method), KeyRule("HM", .method), KeyRule("r", .requestLine),
      KeyRule("HU", .path, rank: 1),
      KeyRule("p", .path, rank: 2), KeyRule("HP", .path, rank: 2), KeyRule("q", .query),
      KeyRule("HQ", .query),
      KeyRule("v", .wireProtocol), KeyRule("HV", .wireProtocol), KeyRule("ua", .userAgent),
      KeyRule("ID", .requestID),
      KeyRule("sslv", .tlsVersion), KeyRule("H", .gateway),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.termination) && values.has(.duration) && values.has(.service) && values.has(.status)
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    let (status, failure) = values.equals(.status, "-1") ? (nil, nil) : values.writeStatus(into: &batch)
    if let failure { return failure }
    guard values.has(.termination) || status != nil else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    if values.begins(.requestLine, "<") {
      for field in [LogField.requestLine, .method, .path, .query, .wireProtocol] { drop(field, &values) }
    }
    _ = values.writeRequest(into: &batch)
    let hasServer = values.has(.upstream) && !values.begins(.upstream, "<")
    // `+2` is two retries, the last of them on another server.
    var retries: Int64?
    if let raw = values.raw(.extraC), let base = raw.baseAddress {
      retries = Numbers.signed(base, 0, raw.count)
    }
    // With retries the queue time holds the failed attempts.
    if let retries, retries > 0 { drop(.queueWait, &values) }
    if !hasServer, !values.equals(.upstream, "<CACHE>") { drop(.service, &values) }
    values.writeCommon(into: &batch)
    if hasServer { writeServer(&values, retries: retries, into: &batch) }
    writePhases(&values, into: &batch)
    if values.equals(.upstream, "<CACHE>") { batch.set(.cache, CacheStatus.hit.rawValue) }
    writeState(&values, status: status ?? .absent, hasServer: hasServer, into: &batch)
    return nil
  }

  private func drop(_ field: LogField, _ values: inout LineValues) {
    values.present &= ~(1 << UInt64(field.rawValue))
  }

  private func writeServer(_ values: inout LineValues, retries: Int64?, into batch: inout RequestBatch) {
    values.writeSymbol(.upstream, .upstream, into: &batch)
    if let retries, retries >= 0, retries < 1000 { batch.set(.attempts, retries + 1) }
  }

  /// Sums the phases that were reached; −1 is a phase that was not.
  private func writePhases(_ values: inout LineValues, into batch: inout RequestBatch) {
    guard let connect = values.micros(.connect) else { return }
    let headers = values.micros(.upstreamFirstByte)
    batch.set(.upstreamDuration, connect &+ (headers ?? 0) &+ (values.micros(.extraB) ?? 0))
    if let headers, let received = values.micros(.extraA), let queue = values.micros(.queueWait) {
      batch.set(.firstByte, received &+ queue &+ connect &+ headers)
    }
  }

  private func writeState(
    _ values: inout LineValues, status: Int64, hasServer: Bool, into batch: inout RequestBatch
  ) {
    values.writeSymbol(.termination, .termination, into: &batch)
    var outcome = Outcome.unknown
    if let state = values.raw(.termination), state.count >= 2 {
      outcome = HAProxyState(cause: state[0], phase: state[1]).outcome(status: status, hasServer: hasServer)
    }
    if outcome == .rateLimited { batch.set(.limit, LimitVerdict.rejected.rawValue) }
    batch.set(.outcome, outcome.rawValue)
  }
}
