public import Gateways
import Store
public import Traffic

/// One window of traffic and what has been asked about it: every question is asked once, whoever asks it again.
///
/// Findings and report pages work on the same night at the same time; their answers come from one scan each.
public actor Night {
  public nonisolated let traffic: any TrafficSource
  public nonisolated let ledger: [LedgerEntry]
  public nonisolated let scope: Scope
  /// The configuration that was in force, where it is known.
  public nonisolated let model: GatewayModel?

  private var asked: [AnyHashable: Task<any Sendable, any Error>] = [:]

  public init(
    traffic: any TrafficSource, ledger: [LedgerEntry] = [], scope: Scope = Scope(), model: GatewayModel? = nil
  ) {
    self.traffic = (traffic as? TrafficStore).map { SharedPasses($0) } ?? traffic
    self.ledger = ledger
    self.scope = scope
    self.model = model
  }

  /// The answer to a question, worked out at most once.
  public func answer<Asked: Question & Hashable>(_ question: Asked) async throws -> Asked.Answer {
    let task = asked[question] ?? start(question)
    Self.endAnnouncement()
    guard let answer = try await task.value as? Asked.Answer else {
      preconditionFailure("a question is answered in its own type")
    }
    return answer
  }

  /// Begins to work out the answer, so that it shares a reading with what others ask now.
  public func expect<Asked: Question & Hashable>(_ question: Asked) {
    if asked[question] == nil { _ = start(question) }
  }

  private func start<Asked: Question & Hashable>(_ question: Asked) -> Task<any Sendable, any Error> {
    let traffic = traffic
    let task = Task<any Sendable, any Error>(operation: announced { try await question.answer(from: traffic) })
    asked[question] = task
    return task
  }

  // MARK: Announcements

  /// Work that will ask this night: no reading begins before it asks for the first time or ends, so that whoever is
  /// announced at the same time shares a reading. Not for work that waits for others' answers first.
  public nonisolated func announced<Value>(
    _ work: @escaping @Sendable () async throws -> Value
  ) -> @Sendable () async throws -> Value {
    guard let passes = traffic as? SharedPasses else { return work }
    let asker = passes.expectAsker()
    return {
      defer { asker.end() }
      return try await Asker.$current.withValue(asker, operation: work)
    }
  }

  /// For announced work that leaves the rest to others, which are announced themselves.
  public nonisolated static func endAnnouncement() { Asker.current?.end() }

  /// Requests that live on in rollups only: no scan and no query sees them.
  public nonisolated var rolledUp: Int64 { ledger.reduce(0) { $0 + $1.requests - $1.keptSingly } }
}
