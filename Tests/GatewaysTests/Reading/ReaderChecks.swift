import Foundation
import TestSupport
import Testing

@testable import Gateways

/// What every reader's tests ask of it.
struct ReaderChecks {
  let reader: any GatewayReader

  func reading(_ text: String, file: String = "test.yaml") throws(ConfigurationError) -> GatewayReading {
    try reader.reading(of: text, file: file, include: { _ in [] })
  }

  /// The error of a text that must not be read.
  func failure(_ text: String, file: String = "test.yaml", sourceLocation: SourceLocation = #_sourceLocation)
    -> ConfigurationError?
  {
    do throws(ConfigurationError) {
      _ = try reading(text, file: file)
      Issue.record("was read: \(text)", sourceLocation: sourceLocation)
      return nil
    } catch {
      return error
    }
  }

  /// Reads what `text(for:)` wrote and compares limiter, key and status of the only rule.
  func expectRoundTrip(
    _ proposal: LimitProposal, file: String = "written.yaml",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let text = try reader.text(for: proposal)
    let reading = try reading(text, file: file)
    let rules = reading.model.rules
    try #require(rules.count == 1, "\(text)", sourceLocation: sourceLocation)
    let isSame = Self.isSame(rules[0].limiter, proposal.limiter)
    #expect(isSame, "\(rules[0].limiter) of \(text)", sourceLocation: sourceLocation)
    #expect(
      reading.model.counters[rules[0].counter].key == proposal.key, "\(text)", sourceLocation: sourceLocation)
    #expect(rules[0].status == proposal.status, "\(text)", sourceLocation: sourceLocation)
    #expect(!rules[0].isDryRun && rules[0].match == .everything, sourceLocation: sourceLocation)
    let cases = reading.model.policies.flatMap(\.cases).filter { !$0.stages.isEmpty }
    #expect(cases.count == 1 && cases[0].match == .everything, "\(text)", sourceLocation: sourceLocation)
    let confidence = reader.confidence(in: text, named: file)
    #expect(confidence > 0, "\(text)", sourceLocation: sourceLocation)
  }

  /// Equal, where rates are equal as fractions.
  static func isSame(_ a: LimiterSettings, _ b: LimiterSettings) -> Bool {
    guard case .tokenBucket(let rate, let capacity) = a, case .tokenBucket(let other, let otherCapacity) = b
    else { return a == b }
    return capacity == otherCapacity
      && rate.count.multipliedFullWidth(by: other.period) == other.count.multipliedFullWidth(by: rate.period)
  }

  /// Every truncation, and texts with a flipped byte, end in a reading or an error.
  func expectNoTrap(on text: String, file: String, seed: UInt64 = 7) {
    let bytes = Array(text.utf8)
    var random = SeededGenerator(seed: seed)
    let step = max(1, bytes.count / 100)
    for end in stride(from: 0, to: bytes.count, by: step) { attempt(Array(bytes[..<end]), file: file) }
    for _ in 0..<100 where !bytes.isEmpty {
      var changed = bytes
      changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      attempt(changed, file: file)
    }
  }

  private func attempt(_ bytes: [UInt8], file: String) {
    do { _ = try reading(String(decoding: bytes, as: UTF8.self), file: file) } catch { _ = error.place.line }
  }

  /// Real files of one folder, where the shared folder is there.
  static func realFiles(_ folder: String) -> [URL] { SharedFolder.files(under: ["data/configs/\(folder)"]) }

  static func text(of file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }
}

extension ConfigurationError {
  /// The word that was not known, and the nearest.
  var unknownWord: [String?] {
    switch problem {
    case .unknownWord(let word, _, let nearest), .unknownReference(let word, _, let nearest): [word, nearest]
    default: []
    }
  }
}
