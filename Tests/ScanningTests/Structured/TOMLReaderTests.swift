import Scanning
import Testing

@Suite("TOML as Traefik uses it")
struct TOMLReaderTests {
  @Test(
    "reads",
    arguments: [
      ("", "{}"), ("a = 1\nb = \"x\" # c", "{a: 1, b: \"x\"}"),
      ("[a.b]\nc = true\n[a]\nd = 'e'", "{a: {b: {c: true}, d: \"e\"}}"),
      ("a.b.c = 1\na.b.d = 2", "{a: {b: {c: 1, d: 2}}}"),
      ("[a]\nb.c = 1\n[a.b.e]\nf = 2", "{a: {b: {c: 1, e: {f: 2}}}}"),
      ("[[s]]\nu = 1\n[[s]]\nu = 2\n[s.t]\nv = 3", "{s: [{u: 1}, {u: 2, t: {v: 3}}]}"),
      ("a = [\n 1, # c\n 2,\n]", "{a: [1, 2]}"),
      ("a = { b = 1, \"c d\" = [ { e = 2 } ], f.g = 3 }", "{a: {b: 1, c d: [{e: 2}], f: {g: 3}}}"),
      ("[\"x y\".'z']\na = 0", "{x y: {z: {a: 0}}}"),
      ("a = 1_000\nb = 0xFf\nc = -0o17\n", "error 3:5 syntax: '-0o17'"),
      (
        "a = 1_000\nb = 0xFf\nc = 0o17\nd = 0b11\ne = +5\nf = -1.5e-3",
        "{a: 1000, b: 255, c: 15, d: 3, e: 5, f: -1.5e-3}"
      ),
      ("a = \"\"\"\none\n  two\\\n   three\"\"\"", "{a: \"one\\n  twothree\"}"),
      ("a = '''\nx''y'''", "{a: \"x''y\"}"), ("a = \"\"\"x\"\"\"\"\"", "{a: \"x\"\"\"}"),
      ("a = \"\\u0041\\t\\\"\"", "{a: \"A\\t\"\"}"), ("1 = 2\n'' = 3", "{1: 2, : 3}"),
      ("[a]\n[a.b]\n[c]", "{a: {b: {}}, c: {}}"),
    ])
  func reads(text: String, expected: String) {
    #expect(outcome { () throws(StructuredTextError) in [try TOMLReader.document(in: text)] } == expected)
  }

  @Test(
    "refuses by name and place",
    arguments: [
      ("a = 1979-05-27", "1:5 unsupported: the date or time '1979-05-27'"),
      ("a = 07:32:00", "1:5 unsupported: the date or time '07:32:00'"),
      ("a = inf", "1:5 unsupported: the number 'inf'"), ("a = -nan", "1:5 unsupported: the number '-nan'"),
      ("a = 1\na = 2", "2:1 repeated: a of 1:1"),
      ("[a]\n[a]", "2:2 repeated: a of 1:2"), ("a = 1\n[a]", "2:2 repeated: a of 1:1"),
      ("a = {b = 1}\n[a.c]", "2:2 repeated: a of 1:1"),
      ("a = [1]\n[[a]]", "2:3 repeated: a of 1:1"), ("[a]\nb = 1\n[c]\n[a.b]", "4:4 repeated: b of 2:1"),
      ("a = {b = 1,\n c = 2}", "1:12 syntax: the end of the line"),
      ("a = {b = 1, }", "1:13 syntax: '}'"), ("a", "1:2 syntax: the end of the text"),
      ("a = ", "1:5 syntax: the end of the text"), ("a = x", "1:5 syntax: 'x'"), ("a = 012", "1:5 syntax: '012'"),
      ("a = 1__0", "1:5 syntax: '1__0'"), ("a = \"x", "1:5 syntax: a text that does not end"),
      ("a = 1 b = 2", "1:7 syntax: 'b'"), ("[a", "1:3 syntax: the end of the text"),
      ("= 1", "1:1 syntax: '='"), ("a = \"\\e\"", "1:7 syntax: 'e'"), ("a.b = 1\n[a]", "2:2 repeated: a of 1:1"),
      ("[a.b]\n[a]\nb.c = 1", "3:1 repeated: b of 1:4"),
    ])
  func refuses(text: String, expected: String) {
    #expect(
      outcome { () throws(StructuredTextError) in [try TOMLReader.document(in: text)] } == "error " + expected)
  }

  @Test("nesting ends at its bound, in brackets and in names")
  func nesting() {
    let path = Array(repeating: "a", count: 5000).joined(separator: ".")
    let inline = String(repeating: "a={", count: 5000)
    for text in ["x = " + String(repeating: "[", count: 5000), path + " = 1", "[\(path)]", "[[\(path)]]", inline] {
      #expect(
        outcome { () throws(StructuredTextError) in [try TOMLReader.document(in: text)] }.contains(
          "nesting deeper than 100"))
    }
  }
}
