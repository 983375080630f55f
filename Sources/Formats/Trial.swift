import Scanning
import Traffic

/// Lines of a sample that formats are tried on, one format after another.
struct Trial: ~Copyable {
  /// Lines of the first, short try.
  private static let tasteCount = 16

  private let lines: [UInt8]
  private let total: Int
  /// Lines that gateways write between requests.
  private let noise: Int
  /// A few of the lines, from everywhere in the sample; empty where there are few lines anyway.
  private let taste: [UInt8]
  private var batch: RequestBatch

  init(_ sample: SampleLines) {
    let chosen = sample.spread
    lines = sample.block(chosen)
    total = chosen.count
    noise = chosen.count { ServerNoise.isNoise(sample.bytes, $0) }
    let step = chosen.count / Self.tasteCount
    taste = step < 2 ? [] : sample.block(stride(from: 0, to: chosen.count, by: step).map { chosen[$0] })
    batch = RequestBatch(capacity: 2 * SampleLines.window)
  }

  /// Whether a format reads any of a few lines. W3C logs need their head, so they are always tried in full.
  mutating func isLikely(_ format: any LogFormat) -> Bool {
    if taste.isEmpty || format is W3CText { return true }
    batch.notes = nil
    batch.reset()
    taste.withUnsafeBufferPointer { _ = format.parse($0, from: LinePosition(), into: &batch) }
    return batch.count > 0
  }

  /// What a format makes of all lines.
  mutating func candidate(_ format: any LogFormat) -> Detection.Candidate {
    let notes = LineNotes()
    batch.notes = notes
    batch.reset()
    lines.withUnsafeBufferPointer { _ = format.parse($0, from: LinePosition(), into: &batch) }
    let known = batch.rejected.count { $0.reason == .notARequest }
    return Detection.Candidate(
      format: format, matched: batch.count - Plausibility.implausible(format, batch), noise: max(known, noise),
      // Directives of a W3C log are no noise but its head.
      total: format is W3CText ? total - known : total,
      unread: notes.notes.count { $0.name == "tail" },
      fieldsPerLine: batch.count == 0 ? 0 : values * 100 / batch.count)
  }

  /// Values of all columns that a line really gave.
  private var values: Int {
    var total = 0
    for column in batch.present.columns where column != .line && column != .outcome {
      guard let values = batch.values(column) else { continue }
      total += values.count { $0 != .absent }
    }
    return total
  }
}
