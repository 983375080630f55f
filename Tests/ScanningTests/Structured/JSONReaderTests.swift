import Scanning
import Testing

@Suite("JSON with comments")
struct JSONReaderTests {
  @Test(
    "reads",
    arguments: [
      ("{}", "{}"), (" [1, -2.5e+3, 0, true, false, null, \"a\"] ", "[1, -2.5e+3, 0, true, false, null, \"a\"]"),
      ("{\"a\": {\"b\": []}, \"c\": \"\"}", "{a: {b: []}, c: \"\"}"),
      ("// one\n{ /* two */ \"a\": 1 // three\n}", "{a: 1}"),
      ("\"\\u0041\\n\\/\\ud83d\\ude00\"", "\"A\\n/😀\""), ("\u{FEFF}7", "7"),
      ("123456789012345678901234567890", "123456789012345678901234567890"),
    ])
  func reads(text: String, expected: String) {
    #expect(outcome { () throws(StructuredTextError) in [try JSONReader.document(in: text)] } == expected)
  }

  @Test(
    "refuses by name and place",
    arguments: [
      ("", "1:1 syntax: the end of the text"), ("[1,]", "1:3 unsupported: a comma after the last element"),
      ("{\"a\": 1,\n}", "1:8 unsupported: a comma after the last element"), ("{a: 1}", "1:2 syntax: 'a'"),
      ("{\"a\": 1 \"b\": 2}", "1:9 syntax: '\"'"), ("{\"a\": 1, \"a\": 2}", "1:10 repeated: a of 1:2"),
      ("[1 2]", "1:4 syntax: '2'"),
      ("01", "1:2 syntax: '1'"), ("1.", "1:3 syntax: the end of the text"), (".5", "1:1 syntax: '.'"),
      ("+1", "1:1 syntax: '+'"), ("NaN", "1:1 syntax: 'N'"),
      ("truex", "1:1 syntax: 't'"), ("\"a\nb\"", "1:1 syntax: a text that does not end"),
      ("\"\\x41\"", "1:3 syntax: 'x'"), ("'a'", "1:1 syntax: '''"),
      ("{} {}", "1:4 syntax: '{'"), ("/* x", "1:1 syntax: a comment that does not end"),
      ("\"\\ud83d\"", "1:4 syntax: an escape that is no character"),
      ("[,1]", "1:2 syntax: ','"), ("{\"a\"}", "1:5 syntax: '}'"), ("[1", "1:3 syntax: the end of the text"),
      ("\"a\tb\"", "1:3 syntax: a tab"),
    ])
  func refuses(text: String, expected: String) {
    #expect(
      outcome { () throws(StructuredTextError) in [try JSONReader.document(in: text)] } == "error " + expected)
  }

  @Test("a trailing comma is read only where it is allowed, and never two")
  func trailingCommas() {
    func read(_ text: String) -> String {
      outcome { () throws(StructuredTextError) in [try JSONReader.document(in: text, allowsTrailingCommas: true)] }
    }
    #expect(read("{\"a\": [1, 2,], }") == "{a: [1, 2]}")
    #expect(read("[1,,]") == "error 1:4 syntax: ','")
    #expect(read("[,]") == "error 1:2 syntax: ','")
  }

  @Test("nesting ends at its bound")
  func nesting() {
    for text in [String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000)] {
      #expect(
        outcome { () throws(StructuredTextError) in [try JSONReader.document(in: text)] }.contains(
          "nesting deeper than 100"))
    }
  }
}
