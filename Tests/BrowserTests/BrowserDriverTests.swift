import Foundation
import TestSupport
import Testing

@Suite("The browser that judges the pages", .enabled(if: Browser.program != nil, "SKIPPED: chromium is not installed"))
struct BrowserDriverTests {
  @Test("notices a violated policy, a console message, a request and an exception")
  func notices() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("bad.html", """
      <!doctype html><title>bad</title>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; img-src http:">
      <p style="color:red">one</p><img src="http://127.0.0.1:9/x.png">
      <script>console.error("two"); throw new Error("three")</script>
      """)
    let page = try Browser().open(file)
    _ = try page.evaluate("1 + 1")
    #expect(page.requests == ["http://127.0.0.1:9/x.png"])
    let complaints = page.complaints.joined(separator: "\n")
    #expect(complaints.contains("Content Security Policy"))
    #expect(complaints.contains("two"))
    #expect(complaints.contains("three"))
  }

  @Test("says nothing of a good page")
  func quiet() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file(
      "good.html", "<!doctype html><title>good</title><link rel=icon href='data:,'><p>one")
    let browser = try Browser()
    let page = try browser.open(file)
    #expect(try page.text("document.querySelector('p').textContent") == "one")
    #expect(page.requests == [])
    #expect(page.complaints == [])
    #expect(try page.screenshot().starts(with: [0x89, 0x50]))
    #expect(try page.pdf().starts(with: Array("%PDF".utf8)))
  }
}
