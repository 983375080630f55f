import Analysis
import Reporting

/// Gate results as JUnit XML, which CI systems read: one test case per result, failures with their reasons.
///
/// No times and no host name: the same results give the same bytes.
enum JUnitText {
  static func document(_ results: [GateResult], clock: DisplayClock) -> String {
    let failures = results.count(where: \.fails)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites tests=\"\(results.count)\" failures=\"\(failures)\" errors=\"0\">\n"
    text += "  <testsuite name=\"headroom check\" tests=\"\(results.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"0\">\n"
    for result in results { text += testCase(result, clock) }
    return text + "  </testsuite>\n</testsuites>\n"
  }

  private static func testCase(_ result: GateResult, _ clock: DisplayClock) -> String {
    let name = result.gate.name + (result.subject.map { ": " + $0 } ?? "")
    let head = "    <testcase classname=\"\(escape(result.gate.kind))\" name=\"\(escape(name))\""
    let reason = escape(result.reason.text(clock: clock))
    guard result.fails else { return head + (result.status == .unknown ? unknown(reason) : "/>\n") }
    return head + ">\n      <failure type=\"\(result.status.rawValue)\" message=\"\(reason)\"/>\n    </testcase>\n"
  }

  private static func unknown(_ reason: String) -> String {
    ">\n      <system-out>\(reason)</system-out>\n    </testcase>\n"
  }

  /// Text inside an element or an attribute. What XML cannot hold at all reads as its escape, `\x1b`.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in VisibleText.of(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&apos;"
      case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
