import Foundation
import TestSupport
import Testing

/// The report as a reader meets it: every claim is asked of a real browser.
@Suite("The report in a browser", .serialized, .enabled(if: Browser.program != nil, "SKIPPED: chromium is not installed"))
struct ReportPageTests {
  private static let sections = [
    "verdict", "trust", "findings", "traffic", "routes", "latency", "cache", "consumers", "upstreams", "clients",
    "security", "what-if", "method",
  ]

  private let report: SampleReport

  init() throws { report = try SampleReport.shared.get() }

  @Test("complains of nothing and asks the network for nothing", arguments: ["light", "dark"])
  func quiet(scheme: String) throws {
    let page = try Browser().open(report.path)
    try page.emulate(scheme: scheme)
    // Everything that a reader can press.
    _ = try page.evaluate("document.querySelectorAll('summary, button').forEach(one => one.click())")
    _ = try page.evaluate("new Promise(done => setTimeout(done, 200))")
    #expect(page.complaints == [])
    #expect(page.requests == [])
  }

  @Test("has every section in its order, each reachable from the list at the top")
  func sections() throws {
    let page = try Browser().open(report.path)
    #expect(try page.texts("[...document.querySelectorAll('main section[id]')].map(one => one.id)") == Self.sections)
    let links = try page.texts("[...document.querySelectorAll('nav a')].map(one => one.getAttribute('href'))")
    #expect(links == Self.sections.map { "#" + $0 })
    let empty = "[...document.querySelectorAll('main section[id]')].filter(one => one.innerText.length < 60).map(one => one.id)"
    #expect(try page.texts(empty) == [])
  }

  @Test("sorts every table by every column, up and down, by value and not by text")
  func sorting() throws {
    let page = try Browser().open(report.path)
    let unsorted = try page.texts(
      """
      (() => {
        const wrong = [];
        for (const table of document.querySelectorAll('table')) {
          const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
          heads.forEach((head, column) => {
            const button = head.querySelector('button');
            if (!button) return;
            for (const press of [1, 2]) {
              button.click();
              const order = head.getAttribute('aria-sort');
              const cells = [...table.tBodies[0].rows].map(row => row.cells[column]);
              const numbers = cells.map(cell => cell.dataset.value).filter(value => value !== undefined).map(Number);
              const sorted = [...numbers].sort((a, b) => order === 'ascending' ? a - b : b - a);
              if (!['ascending', 'descending'].includes(order)) wrong.push(`${table.caption?.innerText}: ${head.innerText}: ${order}`);
              if (numbers.some((number, index) => number !== sorted[index])) wrong.push(`${table.caption?.innerText}: ${head.innerText} ${order}`);
            }
          });
        }
        return wrong;
      })()
      """)
    #expect(unsorted == [])
    #expect(try page.number("document.querySelectorAll('th button').length") > 20)
  }

  @Test("can be sorted and followed with the keyboard alone")
  func keyboard() throws {
    let page = try Browser().open(report.path)
    _ = try page.evaluate("document.querySelector('#routes th button').focus()")
    try page.press("Enter")
    #expect(try page.text("document.activeElement.closest('th').getAttribute('aria-sort')") != "")
    try page.press("Tab")
    #expect(try page.text("document.activeElement.tagName") != "BODY")
    #expect(try page.text("getComputedStyle(document.activeElement).outlineStyle") != "none")
  }

  @Test("says what it shows to those who do not see it")
  func accessible() throws {
    let page = try Browser().open(report.path)
    let nameless = try page.texts(
      """
      [...document.querySelectorAll('svg:not([aria-hidden=true]):not(svg svg)')]
        .filter(one => one.getAttribute('role') !== 'img' || !(one.querySelector('title') || one.getAttribute('aria-label')))
        .concat([...document.querySelectorAll('table')].filter(one => !one.caption && !one.getAttribute('aria-label')))
        .concat([...document.querySelectorAll('input, select')].filter(one => !one.labels.length && !one.getAttribute('aria-label')))
        .concat([...document.querySelectorAll('button')].filter(one => !one.textContent.trim() && !one.getAttribute('aria-label')))
        .concat([...document.querySelectorAll('[id]')].filter(one => document.querySelectorAll('#' + CSS.escape(one.id)).length > 1))
        .map(one => one.outerHTML.slice(0, 120))
      """)
    #expect(nameless == [])
    let headings = try page.texts("[...document.querySelectorAll('h1, h2, h3, h4')].map(one => one.tagName)")
    #expect(headings.first == "H1" && headings.count { $0 == "H1" } == 1)
    #expect(zip(headings, headings.dropFirst()).allSatisfy { ($1.last?.wholeNumberValue ?? 0) <= ($0.last?.wholeNumberValue ?? 0) + 1 })
    #expect(try page.text("document.documentElement.lang") == "en")
  }

  @Test("has enough contrast", arguments: ["light", "dark"])
  func contrast(scheme: String) throws {
    let page = try Browser().open(report.path)
    try page.emulate(scheme: scheme)
    let faint = try page.texts(
      """
      (() => {
        const parse = text => { const all = text.match(/[\\d.]+/g).map(Number); return all.length < 4 ? [...all, 1] : all; };
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = one => { for (let at = one; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); if (c[3] > 0.99) return c; } return [255, 255, 255, 1]; };
        const faint = new Set();
        for (const one of document.querySelectorAll('main *, nav *, header *, footer *')) {
          if (one.closest('svg') || ![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
          if (!one.checkVisibility()) continue;
          const style = getComputedStyle(one), large = parseFloat(style.fontSize) >= 24;
          const [a, b] = [light(parse(style.color)), light(ground(one))].sort((x, y) => y - x);
          const ratio = (a + 0.05) / (b + 0.05);
          if (ratio < (large ? 3 : 4.5)) faint.add(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
        }
        return [...faint];
      })()
      """)
    #expect(faint == [])
    let isDark = try page.number("parseFloat(getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/)[0])") < 80
    #expect(isDark == (scheme == "dark"))
  }

  @Test("fits a telephone: the page does not move sideways", arguments: [360, 390])
  func phone(width: Int) throws {
    let page = try Browser().open(report.path, width: width, height: 800, isPhone: true)
    #expect(try page.number("document.documentElement.scrollWidth") <= Double(width))
    let wide = try page.texts(
      """
      [...document.querySelectorAll('main *')].filter(one => {
        const box = one.getBoundingClientRect();
        if (box.right <= innerWidth + 1 || box.width === 0) return false;
        for (let at = one; at; at = at.parentElement) if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX)) return false;
        return true;
      }).map(one => one.outerHTML.slice(0, 100)).slice(0, 5)
      """)
    #expect(wide == [])
  }

  @Test("prints: everything but the controls")
  func print() throws {
    let page = try Browser().open(report.path)
    #expect(try page.pdf().count > 50_000)
    try page.emulate(media: "print", scheme: "light")
    let shown = try page.texts("[...document.querySelectorAll('main section[id]')].filter(one => one.checkVisibility()).map(one => one.id)")
    #expect(shown == Self.sections)
    let controls = "[...document.querySelectorAll('nav, input, th button + *, button.copy')].filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 80))"
    #expect(try page.texts(controls) == [])
  }

  /// For people: `HEADROOM_SCREENSHOTS=folder swift test --filter ReportPageTests` leaves the pictures there.
  @Test("has its picture taken", .enabled(if: ProcessInfo.processInfo.environment["HEADROOM_SCREENSHOTS"] != nil))
  func pictures() throws {
    let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["HEADROOM_SCREENSHOTS"] ?? ".")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let page = try Browser().open(report.path)
    try page.screenshot().write(to: folder.appendingPathComponent("desktop.png"))
    try page.emulate(scheme: "dark")
    try page.screenshot().write(to: folder.appendingPathComponent("dark.png"))
    try page.emulate(scheme: "light")
    try page.resize(width: 390, height: 844, isPhone: true)
    try page.screenshot().write(to: folder.appendingPathComponent("phone.png"))
    try page.emulate(media: "print", scheme: "light")
    try page.pdf().write(to: folder.appendingPathComponent("print.pdf"))
  }
}

/// The same for a page whose log was written by somebody who wants to run code in it.
@Suite("A hostile night in a browser", .enabled(if: Browser.program != nil, "SKIPPED: chromium is not installed"))
struct HostilePageTests {
  @Test("runs nothing, asks for nothing, and shows the texts")
  func harmless() throws {
    let folder = try TemporaryFolder()
    let environment = ["HEADROOM_STORE": folder.path + "/night.db"]
    let log = try folder.file("hostile.jsonl", HostileNight.log())
    let path = folder.path + "/report.html"
    for arguments in [["import", "-q", log], ["report", "--html", path]] {
      let result = try Program.headroom.run(arguments, environment: environment, in: folder)
      try #require(result.status == 0, "\(result.errors)")
    }
    let page = try Browser().open(path)
    _ = try page.evaluate("document.querySelectorAll('summary, button').forEach(one => one.click())")
    _ = try page.evaluate("new Promise(done => setTimeout(done, 300))")
    #expect(try page.evaluate("window.pwned") == nil)
    #expect(page.complaints == [])
    #expect(page.requests == [])
    #expect(try page.text("document.body.innerText").contains("window.pwned=1"))
    #expect(try page.number("document.querySelectorAll('img, iframe, object, embed, [onerror], [onmouseover], [style]').length") == 0)
    #expect(try page.number("document.documentElement.scrollWidth") <= 1_200)
  }
}
