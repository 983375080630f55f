import Foundation
import Scanning
import Traffic

@testable import Formats

/// Shared sample files read by the key–value formats, the way the detector would.
enum JSONSamples {
  /// A file of the shared folder with the format it must be read by, and how many of its lines are no requests.
  struct File: Sendable, CustomStringConvertible {
    var name: String
    var format: String
    var rejected: [RejectReason] = []
    var description: String { name }
  }

  static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: 10, omittingEmptySubsequences: true).map(Array.init)
  }

  /// What detection offers for a file's first lines.
  static func candidates(_ bytes: [UInt8], clock: WriterClock = WriterClock(year: 2026)) -> [any LogFormat] {
    let chosen = lines(bytes).prefix(200).map { $0 }
    return withPointers(chosen) { JSONFormats.candidates(for: $0, clock: clock) }
  }

  static func withPointers<R>(_ lines: [[UInt8]], _ body: ([UnsafeBufferPointer<UInt8>]) -> R) -> R {
    let flat = lines.flatMap { $0 }
    return flat.withUnsafeBufferPointer { all in
      var offset = 0
      let pointers = lines.map { line in
        defer { offset += line.count }
        return UnsafeBufferPointer(rebasing: all[offset..<(offset + line.count)])
      }
      return body(pointers)
    }
  }

  /// Parses whole bytes into a batch with notes.
  static func parse(_ bytes: [UInt8], _ format: any LogFormat) -> RequestBatch {
    var batch = RequestBatch(capacity: 1 << 12)
    batch.notes = LineNotes()
    batch.templates.keepSecrets = true
    bytes.withUnsafeBufferPointer { _ = format.parse($0, from: LinePosition(), into: &batch) }
    return batch
  }
}
