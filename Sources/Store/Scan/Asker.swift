internal import Synchronization

/// Somebody who is known to ask a store soon: no shared reading begins before, so that all get their answers from one.
///
/// Ends with the first thing that is asked by a task that carries it as `current`, with `end()`, or when nobody holds it
/// any more. Readings do not wait forever, so that whoever waits for something else holds nobody up for good.
public final class Asker: Sendable {
  /// In whose name a task asks.
  @TaskLocal public static var current: Asker?

  private let passes: SharedPasses
  private let isExpected = Atomic(true)

  init(_ passes: SharedPasses) {
    self.passes = passes
    passes.expectOneMore()
  }

  deinit { end() }

  /// It asked, or will not ask.
  public func end() {
    if isExpected.exchange(false, ordering: .relaxed) { passes.expectOneLess() }
  }
}
