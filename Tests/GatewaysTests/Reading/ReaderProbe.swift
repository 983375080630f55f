import Foundation
import TestSupport
import Testing
import Traffic

@testable import Gateways

/// What the tests of every reader ask of it.
struct ReaderProbe {
  let reader: any GatewayReader
  /// What a text is called that has no name of its own.
  var file = "test.yaml"

  func reading(
    _ text: String, file: String? = nil, include: (String) -> [(path: String, text: String)] = { _ in [] }
  ) throws(ConfigurationError) -> GatewayReading {
    try reader.reading(of: text, file: file ?? self.file, include: include)
  }

  func model(_ text: String) throws(ConfigurationError) -> GatewayModel { try reading(text).model }

  /// The error of a text, nil where it is read.
  func error(
    _ text: String, file: String? = nil, include: (String) -> [(path: String, text: String)] = { _ in [] }
  ) -> ConfigurationError? {
    do {
      _ = try reading(text, file: file, include: include)
      return nil
    } catch {
      return error
    }
  }

  /// The error of a text that must not be read.
  func failure(_ text: String, file: String? = nil, sourceLocation: SourceLocation = #_sourceLocation)
    -> ConfigurationError?
  {
    let error = error(text, file: file)
    if let place = error?.place {
      #expect(place.file == file ?? self.file && place.line >= 0, sourceLocation: sourceLocation)
    } else {
      Issue.record("was read: \(text)", sourceLocation: sourceLocation)
    }
    return error
  }

  /// The problem of a text that must not be read.
  func problem(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> ConfigurationError.Problem? {
    failure(text, sourceLocation: sourceLocation)?.problem
  }

  /// Files that a configuration includes, by the names that it writes.
  static func including(_ files: [String: String]) -> (String) -> [(path: String, text: String)] {
    { name in files[name].map { [(name, $0)] } ?? [] }
  }

  // MARK: Round trips

  /// Writes a limit and reads it back, recognised without a telling name: one rule, with the same limiter, key and status.
  /// - Parameters:
  ///   - key: what the key is after reading; the proposal's unless the product cannot but change it.
  ///   - match: which requests the rule is for; nil where the product cannot but name some.
  func expectRoundTrip(
    _ proposal: LimitProposal, key: LimitKey? = nil, match: RequestMatch? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let text = try reader.text(for: proposal)
    #expect(reader.confidence(in: text, named: "limit") > 50, "\(text)", sourceLocation: sourceLocation)
    let model = try reading(text, file: "limit").model
    let rule = try #require(model.rules.first, "\(text)", sourceLocation: sourceLocation)
    #expect(model.rules.count == 1, "\(text)", sourceLocation: sourceLocation)
    #expect(rule.limiter.reduced == proposal.limiter.reduced, "\(text)", sourceLocation: sourceLocation)
    #expect(model.counters[rule.counter].key == key ?? proposal.key, "\(text)", sourceLocation: sourceLocation)
    #expect(rule.status == proposal.status, "\(text)", sourceLocation: sourceLocation)
    #expect(!rule.isDryRun, sourceLocation: sourceLocation)
    guard let match else { return }
    let limiting = model.policies.flatMap(\.cases).filter { !$0.stages.isEmpty }
    #expect(rule.match == match && limiting.map(\.match) == [match], "\(text)", sourceLocation: sourceLocation)
  }

  // MARK: Hostile input

  /// Beginnings of a text, flipped bytes and changed marks are read or refused, and nothing else happens.
  /// - Parameter rounds: how many of each at the most; of a shorter text every beginning and every byte.
  func expectNoTrap(_ text: String, file: String? = nil, seed: UInt64 = 7, rounds: Int = 400) {
    let bytes = Array(text.utf8)
    let places = Array(stride(from: 0, to: bytes.count, by: max(1, (bytes.count + rounds - 1) / rounds)))
    var random = SeededGenerator(seed: seed)
    let marks = Array("{}[]\":,-0 9\n#eE.~'".utf8)
    for place in places {
      endsWell(Array(bytes[..<place]), file: file)
      var flipped = bytes
      flipped[place] ^= UInt8.random(in: 1...255, using: &random)
      endsWell(flipped, file: file)
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] = marks.randomElement(using: &random) ?? 0
      }
      endsWell(changed, file: file)
    }
  }

  private func endsWell(_ bytes: [UInt8], file: String?) {
    let text = String(decoding: bytes, as: UTF8.self)
    _ = reader.confidence(in: text, named: file ?? self.file)
    do {
      let model = try reading(text, file: file).model
      #expect(model.rules.allSatisfy { model.counters.indices.contains($0.counter) })
    } catch {
      #expect(error.place.line >= 0)
    }
  }

  // MARK: Real files

  /// Real files of one product's folder, none where the shared folder is not there.
  static func realFiles(_ folder: String) -> [URL] { SharedFolder.files(under: ["data/configs/\(folder)"]) }

  static func text(of file: URL) throws -> String { String(decoding: try Data(contentsOf: file), as: UTF8.self) }

  /// The text of a real file by its path below the products' folders.
  static func realFile(_ path: String) throws -> String {
    try text(of: SharedFolder.root.appendingPathComponent("data/configs/" + path))
  }

  static let absence: Comment = "the shared folder is not there"
}

extension LimiterSettings {
  /// With its rate in lowest terms: rates that are one fraction are one rate.
  fileprivate var reduced: LimiterSettings {
    switch self {
    case .tokenBucket(let rate, let capacity): .tokenBucket(rate: rate.reduced, capacity: capacity)
    case .deferredRefillBucket(let rate, let capacity, let idle):
      .deferredRefillBucket(rate: rate.reduced, capacity: capacity, idleLifetime: idle)
    default: self
    }
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
