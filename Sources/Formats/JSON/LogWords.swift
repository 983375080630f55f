import Traffic

/// The words gateways log for cache and limiter verdicts.
enum LogWords {
  /// `HIT`, `MISS-CLUSTER`, `TCP_HIT`, `RefreshHit` …, any case; nil for a word that is none.
  static func cacheStatus(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CacheStatus? {
    let word = Word(bytes, count)
    switch word.first {
    case UInt8(ascii: "h"): return word.begins("hit") ? hit(word) : nil
    case UInt8(ascii: "m"): return word.begins("miss") ? .miss : nil
    case UInt8(ascii: "e"): return word.isExactly("expired") ? .expired : word.begins("error") ? .error : nil
    case UInt8(ascii: "s"):
      if word.isExactly("stale") { return .stale }
      return word.isExactly("stream_hit") ? .hit : word.isExactly("synth") ? .synthetic : nil
    case UInt8(ascii: "u"):
      return word.isExactly("updating") ? .updating : word.isExactly("unknown") ? CacheStatus.none : nil
    case UInt8(ascii: "r"):
      return word.isExactly("revalidated") || word.isExactly("refreshhit") ? .revalidated : nil
    case UInt8(ascii: "b"): return word.isExactly("bypass") ? .bypass : nil
    case UInt8(ascii: "i"): return word.isExactly("ignored") ? .bypass : nil
    case UInt8(ascii: "p"): return word.begins("pass") ? .pass : nil
    case UInt8(ascii: "d"): return word.isExactly("dynamic") || word.isExactly("deferred") ? .pass : nil
    case UInt8(ascii: "n"): return word.isExactly("none") ? CacheStatus.none : nil
    case UInt8(ascii: "t"): return word.isExactly("tcp_hit") ? .hit : word.isExactly("tcp_miss") ? .miss : nil
    default: return nil
    }
  }

  /// Fastly hangs what happened on the way to its states.
  private static func hit(_ word: Word) -> CacheStatus {
    if word.begins("hitpass") || word.begins("hit-pass") { return .pass }
    if word.begins("hit-stale") { return .stale }
    return word.begins("hit-refresh") ? .revalidated : .hit
  }

  /// nginx's `$limit_req_status` and its kin; nil for a word that is none.
  static func limitVerdict(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> LimitVerdict? {
    let word = Word(bytes, count)
    if word.isExactly("passed") || word.isExactly("allowed") || word.isExactly("ok") { return .passed }
    if word.isExactly("delayed") { return .delayed }
    if word.isExactly("rejected") || word.isExactly("limited") || word.isExactly("throttled")
      || word.isExactly("denied")
      || word.isExactly("true")
    {
      return .rejected
    }
    if word.isExactly("delayed_dry_run") { return .delayedDryRun }
    if word.isExactly("rejected_dry_run") { return .rejectedDryRun }
    if word.isExactly("error") { return .error }
    return word.isExactly("none") || word.isExactly("false") ? LimitVerdict.none : nil
  }

  /// A word compared without regard to case.
  private struct Word {
    let bytes: UnsafePointer<UInt8>
    let count: Int

    init(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
      self.bytes = bytes
      self.count = count
    }

    var first: UInt8 { count > 0 ? bytes[0] | 0x20 : 0 }

    func isExactly(_ word: StaticString) -> Bool { count == word.utf8CodeUnitCount && begins(word) }

    func begins(_ word: StaticString) -> Bool {
      guard count >= word.utf8CodeUnitCount else { return false }
      for index in 0..<word.utf8CodeUnitCount {
        let byte = bytes[index]
        let folded = byte >= 65 && byte <= 90 ? byte | 0x20 : byte
        if folded != word.utf8Start[index] { return false }
      }
      return true
    }
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
