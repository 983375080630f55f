import Foundation
import TestSupport
import Testing
import Traffic

@testable import Gateways

/// What the tests of several readers ask of one.
struct ReaderProbe {
  let reader: any GatewayReader
  let file: String

  func reading(_ text: String, include: (String) -> [(path: String, text: String)] = { _ in [] }) throws
    -> GatewayReading
  {
    try reader.reading(of: text, file: file, include: include)
  }

  func model(_ text: String) throws -> GatewayModel { try reading(text).model }

  /// The problem of a text that must not be read, and its line.
  func problem(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> ConfigurationError.Problem? {
    do {
      let reading = try reading(text)
      Issue.record("was read: \(reading.model)", sourceLocation: sourceLocation)
      return nil
    } catch let error as ConfigurationError {
      #expect(error.place.file == file && error.place.line >= 0, sourceLocation: sourceLocation)
      return error.problem
    } catch {
      Issue.record("threw \(error)", sourceLocation: sourceLocation)
      return nil
    }
  }

  /// Writes a limit and reads it back: one rule, with the same limiter, key and status.
  /// - Parameter key: what the key is after reading; the proposal's unless the product cannot but change it.
  func expectRoundTrip(_ proposal: LimitProposal, key: LimitKey? = nil) throws {
    let text = try reader.text(for: proposal)
    #expect(reader.confidence(in: text, named: "limit") > 50, "\(text)")
    let model = try reader.reading(of: text, file: "limit", include: { _ in [] }).model
    let rule = try #require(model.rules.first, "\(text)")
    #expect(model.rules.count == 1, "\(text)")
    #expect(normalised(rule.limiter) == normalised(proposal.limiter), "\(text)")
    #expect(model.counters[rule.counter].key == key ?? proposal.key, "\(text)")
    #expect(rule.status == proposal.status, "\(text)")
    #expect(!rule.isDryRun)
  }

  /// Rates that are one fraction are one rate.
  private func normalised(_ limiter: LimiterSettings) -> LimiterSettings {
    func reduced(_ rate: LimitRate) -> LimitRate {
      var (a, b) = (rate.count, rate.period)
      while b != 0 { (a, b) = (b, a % b) }
      return LimitRate(rate.count / a, per: rate.period / a)
    }
    return switch limiter {
    case .tokenBucket(let rate, let capacity): .tokenBucket(rate: reduced(rate), capacity: capacity)
    case .deferredRefillBucket(let rate, let capacity, let idle):
      .deferredRefillBucket(rate: reduced(rate), capacity: capacity, idleLifetime: idle)
    default: limiter
    }
  }

  /// Every beginning of a text and a seeded choice of changed bytes are read or refused, and nothing else happens.
  func expectNoTrap(_ text: String, seed: UInt64) {
    let bytes = Array(text.utf8)
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 400)) {
      endsWell(String(decoding: bytes[..<length], as: UTF8.self))
    }
    var random = SeededGenerator(seed: seed)
    let marks = Array("{}[]\":,-0 9\n#eE.~'".utf8)
    for _ in 0..<400 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) where !changed.isEmpty {
        changed[Int.random(in: 0..<changed.count, using: &random)] = marks.randomElement(using: &random) ?? 0
      }
      endsWell(String(decoding: changed, as: UTF8.self))
    }
  }

  private func endsWell(_ text: String) {
    _ = reader.confidence(in: text, named: file)
    do {
      let model = try reading(text).model
      #expect(model.rules.allSatisfy { model.counters.indices.contains($0.counter) })
    } catch {
      #expect(error is ConfigurationError, "\(error)")
    }
  }

  /// Reads real files of a folder of the shared data, and expects the reader to know them.
  static func realFile(_ path: String) throws -> String {
    try String(contentsOf: SharedFolder.root.appendingPathComponent("data/configs/" + path), encoding: .utf8)
  }

  static let absence: Comment = "the shared data is not beside the repository"
}

extension LimitRule {
  /// The rule without its words and place.
  var essence: [String] { ["\(limiter)", "\(status)", isDryRun ? "dry run" : ""].filter { !$0.isEmpty } }
}

extension RequestMatch {
  static func path(_ patterns: NamePattern..., method: String? = nil) -> RequestMatch {
    let methods = method.map { [Condition(.method, [.exact($0)])] } ?? []
    return RequestMatch([Condition(.path, patterns)] + methods)
  }
}

extension LimitKey {
  static let consumer = LimitKey([.column(.stored(.consumer))], missing: .passes)
}
