import Traffic

/// The words gateways log for cache and limiter verdicts.
enum LogWords {
  /// `HIT`, `MISS-CLUSTER`, `TCP_HIT`, `RefreshHit` …, any case; nil for a word that is none.
  static func cacheStatus(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CacheStatus? {
    switch key(bytes, count) {
    case "hit", "hitcluster", "stream_hit", "tcp_hit", "hitsynth": return .hit
    case "miss", "misscluster", "tcp_miss", "missshield": return .miss
    case "expired": return .expired
    case "stale", "hitstale", "hitstalecluster", "missstale": return .stale
    case "updating", "hitwait", "misswait": return .updating
    case "revalidated", "hitrefresh", "refreshhit": return .revalidated
    case "bypass", "ignored": return .bypass
    case "pass", "dynamic", "hitpass", "passcluster", "deferred": return .pass
    case "synth": return .synthetic
    case "error", "errorcluster": return .error
    case "none", "unknown": return CacheStatus.none
    default: return begins(bytes, count)
    }
  }

  /// Fastly hangs suffixes on its states.
  private static func begins(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CacheStatus? {
    let word = key(bytes, count)
    if word.hasPrefix("hit") { return .hit }
    if word.hasPrefix("miss") { return .miss }
    if word.hasPrefix("pass") { return .pass }
    return nil
  }

  /// nginx's `$limit_req_status` and its kin; nil for a word that is none.
  static func limitVerdict(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> LimitVerdict? {
    switch key(bytes, count) {
    case "passed", "allowed", "ok": .passed
    case "delayed": .delayed
    case "rejected", "limited", "throttled", "denied", "true": .rejected
    case "delayed_dry_run": .delayedDryRun
    case "rejected_dry_run": .rejectedDryRun
    case "error": .error
    case "none", "false": LimitVerdict.none
    default: nil
    }
  }

  /// Lower case without dashes; at most 15 bytes, so that the string is not allocated.
  private static func key(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> String {
    guard count <= 20 else { return "" }
    var text = ""
    for index in 0..<count where bytes[index] != UInt8(ascii: "-") && bytes[index] < 0x80 {
      text.unicodeScalars.append(Unicode.Scalar(bytes[index] >= 65 && bytes[index] <= 90 ? bytes[index] | 0x20 : bytes[index]))
    }
    return text
  }
}

extension LineValues {
  /// Writes the cache column where the line has a word for it.
  @inline(__always)
  mutating func writeCache(into batch: inout RequestBatch) {
    guard let word = bytes(.cache), let base = word.baseAddress else { return }
    if let status = LogWords.cacheStatus(base, word.count) { batch.set(.cache, status.rawValue) }
  }

  /// Writes the limiter's verdict where the line has one.
  @inline(__always)
  mutating func writeLimit(into batch: inout RequestBatch) -> LimitVerdict? {
    guard let word = bytes(.limit), let base = word.baseAddress,
      let verdict = LogWords.limitVerdict(base, word.count)
    else { return nil }
    batch.set(.limit, verdict.rawValue)
    return verdict
  }

  /// Judges how the request ended and writes it, with an inferred limiter verdict where the line has none.
  @inline(__always)
  mutating func writeOutcome(_ evidence: OutcomeEvidence, into batch: inout RequestBatch) {
    if evidence.status == 429, evidence.limit == nil, evidence.knowsUpstream, !evidence.wasForwarded {
      batch.set(.limit, LimitVerdict.inferredRejected.rawValue)
    }
    batch.set(.outcome, OutcomeRules.outcome(evidence).rawValue)
  }
}
