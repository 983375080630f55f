import Scanning
import Store

/// Finds out, by content alone, what a file is to the store.
struct SourceIdentity {
  enum Answer: Equatable {
    case new
    /// The store holds exactly its first bytes, `SourceFingerprint.bytes` of them.
    case continues(SourceFingerprint)
    /// Everything in it is in the store already.
    case earlierState(of: SourceFingerprint)
  }

  private let known: [SourceFingerprint]

  init(known: [SourceFingerprint]) { self.known = known.filter { $0.bytes > 0 || !$0.marks.isEmpty } }

  /// - Parameter reader: at its start; afterwards somewhere behind it, so open the file anew.
  ///
  /// A file that is at least as long as a known source is compared by the fingerprint of all the source's bytes. A
  /// shorter one is compared at the marks (from 1 KiB, each an eighth further) that both have: it is an earlier state
  /// of the source when all agree, which leaves at most a ninth of it unseen. Below the first mark nothing is assumed. A source
  /// that is one unterminated line is known by all its bytes.
  func identify(_ reader: inout LineBlockReader) -> Answer {
    guard !known.isEmpty else { return .new }
    let marks = Set(known.flatMap { $0.marks.map(\.bytes) } + known.map(\.bytes)).subtracting([0]).sorted()
    var found: [Int64: ContentHash] = [:]
    var candidates = known
    // Stop reading as soon as nothing known can match any more.
    for mark in marks {
      reader.fingerprints(at: [mark]) { found[$0] = ContentHash($1) }
      guard let hash = found[mark] else { break }
      candidates.removeAll { candidate in
        candidate.marks.contains { $0.bytes == mark && $0.hash != hash }
          || candidate.bytes == mark && candidate.contentHash != hash
      }
      if candidates.isEmpty { return .new }
    }
    let whole = candidates.filter { candidate in
      candidate.bytes > 0
        ? found[candidate.bytes] == candidate.contentHash
        : candidate.marks.contains { found[$0.bytes] == $0.hash }
    }
    if let longest = whole.max(by: { $0.bytes < $1.bytes }) { return .continues(longest) }
    let longer = candidates.filter { candidate in
      found[candidate.bytes] == nil && candidate.marks.contains { found[$0.bytes] == $0.hash }
    }
    if let later = longer.max(by: { $0.bytes < $1.bytes }) { return .earlierState(of: later) }
    return .new
  }
}
