import Foundation
import TestSupport
import Testing

/// The sliders of the report against the command that replays one configuration.
@Suite("The limit sliders", .serialized, .enabled(if: Browser.program != nil, "SKIPPED: chromium is not installed"))
struct LimitSliderTests {
  private let report: SampleReport
  private let page: Page

  init() throws {
    report = try SampleReport.shared.get()
    page = try Browser().open(report.path)
  }

  /// What the page says at one position.
  private struct Position {
    var label: String
    var rejected: Int
    var keysHit: Int
    var who: [String: Int]
    var configuration: String
  }

  private func move(rate: Int, size: Int, key: String = "all") throws -> Position {
    let answer = try page.evaluate(
      """
      (() => {
        const set = (id, value) => { const one = document.getElementById(id); one.value = value; one.dispatchEvent(new Event('input', { bubbles: true })); one.dispatchEvent(new Event('change', { bubbles: true })); };
        set('explorer-key', '\(key)'); set('explorer-rate', \(rate)); set('explorer-size', \(size));
        const lab = document.querySelector('[data-explorer]'), part = role => lab.querySelector(`[data-role=${role}]`);
        return {
          label: lab.dataset.label + ' ' + lab.dataset.size, rejected: Number(part('rejected').dataset.value), keys: Number(part('keys-hit').dataset.value),
          configuration: part('configuration').textContent,
          names: [...part('who').children].map(one => one.textContent), counts: [...part('who').querySelectorAll('[data-value]')].map(one => Number(one.dataset.value)),
        };
      })()
      """) as? [String: Any] ?? [:]
    return Position(
      label: answer["label"] as? String ?? "", rejected: answer["rejected"] as? Int ?? -1, keysHit: answer["keys"] as? Int ?? -1,
      who: Dictionary(
        zip(answer["names"] as? [String] ?? [], answer["counts"] as? [Int] ?? []), uniquingKeysWith: { first, _ in first }),
      configuration: answer["configuration"] as? String ?? "")
  }

  /// Twenty positions, evenly over all that there are.
  private func twentyPositions() throws -> [(rate: Int, size: Int)] {
    let rates = Int(try page.number("Number(document.getElementById('explorer-rate').max)"))
    var all: [(rate: Int, size: Int)] = []
    for rate in 0...rates {
      _ = try move(rate: rate, size: 0)
      let sizes = Int(try page.number("Number(document.getElementById('explorer-size').max)"))
      all += (0...sizes).map { (rate, $0) }
    }
    try #require(all.count >= 20)
    return (0..<20).map { all[$0 * all.count / 20] }
  }

  private func simulated(_ configuration: String) throws -> (rejected: Int, callers: [String: Int], totals: [String: Any]) {
    let file = try report.folder.file("position.conf", configuration)
    let json = try report.run(.headroom, ["simulate", "--config", file, "--format", "json"])
    let answer = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
    let totals = (answer["totals"] as? [[String: Any]])?.first ?? [:]
    let callers = (answer["callers"] as? [[String: Any]] ?? []).reduce(into: [String: Int]()) { callers, row in
      callers[row["caller"] as? String ?? ""] = row["rejected_part"] as? Int ?? row["rejected"] as? Int ?? 0
    }
    return (totals["rejected"] as? Int ?? totals["rejected_part"] as? Int ?? -1, callers.filter { $0.value > 0 }, totals)
  }

  @Test("say at 20 positions exactly what 'headroom simulate' says of the same limit")
  func positions() throws {
    var told: [String: Int] = [:]
    for (rate, size) in try twentyPositions() {
      let position = try move(rate: rate, size: size)
      let replayed = try simulated(position.configuration)
      #expect(position.rejected == replayed.rejected, "\(position.label): \(replayed.totals)")
      #expect(position.keysHit == replayed.callers.count, "\(position.label)")
      for (line, count) in position.who {
        let caller = replayed.callers.first { line.contains($0.key) }
        #expect(caller?.value == count, "\(position.label): \(line)")
      }
      told[position.label] = position.rejected
    }
    #expect(told.count == 20, "the positions differ: \(told.keys.sorted())")
    #expect(told.values.contains { $0 > 0 }, "some limit rejects")
    #expect(page.complaints == [])
  }

  @Test("move by keyboard, by key and by the cells of the grid, and never between computed points")
  func controls() throws {
    let before = try move(rate: 1, size: 1)
    _ = try page.evaluate("document.getElementById('explorer-rate').focus()")
    try page.press("ArrowRight")
    #expect(try page.text("document.querySelector('[data-explorer]').dataset.point") == "2")
    try page.press("ArrowLeft")
    #expect(try page.number("Number(document.querySelector('[data-role=rejected]').dataset.value)") == Double(before.rejected))
    let step = try page.texts("['rate', 'size'].map(one => document.getElementById('explorer-' + one).step)")
    #expect(step == ["1", "1"])
    _ = try page.evaluate("document.querySelector('[data-explorer] td[data-point] > button').click()")
    #expect(try page.text("document.querySelector('[data-explorer]').dataset.point") == "0")
    // One caller alone is rejected no more often than all together.
    let all = try move(rate: 0, size: 0)
    let one = try move(rate: 0, size: 0, key: "0")
    #expect(one.rejected <= all.rejected)
    #expect(try page.text("document.querySelector('[data-role=rejected]').closest('[aria-live]').getAttribute('aria-live')") == "polite")
  }
}
