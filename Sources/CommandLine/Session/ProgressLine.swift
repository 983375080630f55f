import Reporting
import Synchronization
import Traffic

/// One line on standard error that says how far an import is; rewritten in place, at most ten times a second.
final class ProgressLine: Sendable {
  private let sink: any TextSink
  private let start: ContinuousClock.Instant
  private let lastShown: Mutex<ContinuousClock.Instant?>

  init(sink: any TextSink) {
    self.sink = sink
    start = .now
    lastShown = Mutex(nil)
  }

  func show(_ stand: ImportStand) {
    let now = ContinuousClock.now
    let isDue = lastShown.withLock { last in
      if let shown = last, now - shown < .milliseconds(100) { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let elapsed = (now - start).components
    let micros = elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
    write("\r\u{1B}[K" + Self.text(stand, elapsed: Microseconds(micros)))
  }

  /// Takes the line away.
  func clear() {
    if lastShown.withLock({ $0 }) != nil { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    // Progress is a courtesy: when standard error is closed, the import goes on.
    do { try sink.write(text) } catch {}
  }

  /// ` 42 %  1.20 GiB  310 MiB/s  4,000,000 lines  8.00 s left  access.log`
  static func text(_ stand: ImportStand, elapsed: Microseconds) -> String {
    var parts: [String] = []
    if let total = stand.bytesTotal, total > 0 {
      let percent = min(100, Int(Double(stand.bytesDone) * 100 / Double(total)))
      parts.append(String(repeating: " ", count: percent < 10 ? 2 : percent < 100 ? 1 : 0) + "\(percent) %")
    }
    parts.append(UnitText.bytes(stand.bytesDone))
    if elapsed.count > 0 {
      parts.append(UnitText.bytes(Int64(Double(stand.bytesDone) * 1e6 / Double(elapsed.count))) + "/s")
    }
    parts.append(UnitText.integer(stand.lines) + " lines")
    if let left = left(stand, elapsed: elapsed) { parts.append(UnitText.duration(left) + " left") }
    parts.append(VisibleText.of(stand.path))
    return parts.joined(separator: "  ")
  }

  /// By the mean rate so far; nil until a second has passed, without a total, and at the end.
  private static func left(_ stand: ImportStand, elapsed: Microseconds) -> Microseconds? {
    guard let total = stand.bytesTotal, stand.bytesDone > 0, stand.bytesDone < total, elapsed >= .second else {
      return nil
    }
    let share = Double(total - stand.bytesDone) / Double(stand.bytesDone)
    let seconds = (Double(elapsed.count) * share / 1e6).rounded(.up)
    return Microseconds(Int64(min(seconds, 1e9)) * 1_000_000)
  }
}
