import Scanning
import Testing

@Suite("YAML as configurations use it")
struct YAMLReaderTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var text: String
    var expected: String
    var testDescription: String { text }
    init(_ text: String, _ expected: String) {
      self.text = text
      self.expected = expected
    }
  }

  static let read: [Vector] = [
    .init("", ""), .init("# only a comment\n\n", ""), .init("a", "a"), .init("a: 1\nb: 2", "{a: 1, b: 2}"),
    .init("a:\n  b:\n    c: 1\n  d: 2\ne: 3", "{a: {b: {c: 1}, d: 2}, e: 3}"),
    .init("- a\n- b", "[a, b]"), .init("- - a\n  - b\n- c", "[[a, b], c]"), .init("- - - a", "[[[a]]]"),
    .init("- a: 1\n  b: 2\n- c: 3", "[{a: 1, b: 2}, {c: 3}]"), .init("-\n  a: 1\n-\n  - b", "[{a: 1}, [b]]"),
    .init("k:\n- a\n- b\nl: c", "{k: [a, b], l: c}"),
    .init("k:\n- a: 1\n  b:\n  - 2\nl: c", "{k: [{a: 1, b: [2]}], l: c}"),
    .init("k:\nl:\n- \n-", "{k: ~, l: [~, ~]}"), .init("k: ~\nl: null", "{k: ~, l: null}"),
    .init("a:   b c  # comment\nd: e#f", "{a: b c, d: e#f}"),
    .init("url: http://x:8080/y", "{url: http://x:8080/y}"),
    .init("\u{FEFF}a: 1\r\nb: 2\r\n", "{a: 1, b: 2}"),
    .init("a: -1\nb: -x\nc: :d\ne: ?f", "{a: -1, b: -x, c: :d, e: ?f}"),
    .init("a:\tb", "{a: b}"), .init("\"a b\": 1\n'c': 2\n? : 3", "error 3:1 unsupported: a key with '?'"),
    // Several lines
    .init("a: one\n  two\n  three\nb: 1", "{a: one two three, b: 1}"),
    .init("a: one\n\n\n  two", "{a: one\\n\\ntwo}"),
    .init("a:\n  one\n  two", "{a: one two}"), .init("one\ntwo", "one two"),
    .init("a: x # c\nb: y", "{a: x, b: y}"),
    // Quotes
    .init("a: 'it''s'\nb: \"x\\n\\t\\x41\\u00e9\\U0001F600\"", "{a: \"it's\", b: \"x\\n\\tAé😀\"}"),
    .init("a: \"\\ud83d\\ude00\"", "{a: \"😀\"}"),
    .init("a: \"one\n  two\n\n  three\"", "{a: \"one two\\nthree\"}"),
    .init("a: 'one\n\n  two'", "{a: \"one\\ntwo\"}"),
    .init("a: \"one\\\n  two  \\\n  three\"", "{a: \"onetwo  three\"}"), .init("a: \" x \"", "{a: \" x \"}"),
    .init("a: \"x\" # c", "{a: \"x\"}"), .init("a: ''", "{a: \"\"}"), .init("'a: b'", "\"a: b\""),
    // Block scalars
    .init("a: |\n  one\n   two\n\n  three\nb: 1", "{a: \"one\\n two\\n\\nthree\\n\", b: 1}"),
    .init("a: |-\n  one\n\n\nb: 1", "{a: \"one\", b: 1}"),
    .init("a: |+\n  one\n\n\nb: 1", "{a: \"one\\n\\n\\n\", b: 1}"),
    .init("a: >\n  one\n  two\n\n  three\n    four\n  five\n", "{a: \"one two\\nthree\\n  four\\nfive\\n\"}"),
    .init("a: >-\n  one\n  two", "{a: \"one two\"}"), .init("a: |2\n    one\n", "{a: \"  one\\n\"}"),
    .init("a: |1-\n  one\n", "{a: \" one\"}"), .init("- |\n x\n- >+\n y\n\n", "[\"x\\n\", \"y\\n\\n\"]"),
    .init("a: | # comment\n  # text\n", "{a: \"# text\\n\"}"), .init("a: |\nb: 1", "{a: \"\", b: 1}"),
    .init("a: |\n  x: {y\n  - z\n", "{a: \"x: {y\\n- z\\n\"}"), .init("a: |\n  one", "{a: \"one\"}"),
    .init("--- |\nx\ny\n--- >\nz\n", "\"x\\ny\\n\" | \"z\\n\""), .init("a: |\n\n  \n  x\n", "{a: \"\\n\\nx\\n\"}"),
    // Flow
    .init("a: [1, 2, [3], {b: c}]", "{a: [1, 2, [3], {b: c}]}"),
    .init("{a: 1, \"b\":2, 'c': [], d: {}, e: }", "{a: 1, b: 2, c: [], d: {}, e: ~}"),
    .init("a: [\n  one, # c\n  two\n  three,\n]", "{a: [one, two three]}"),
    .init("[\"a\", 'b', c d]", "[\"a\", \"b\", c d]"),
    .init("{\n  \"a\": {\"b\": [true, null, -1.5e3]}\n}", "{a: {b: [true, null, -1.5e3]}}"),
    .init("[http://x/y?z, a:b]", "[http://x/y?z, a:b]"), .init("- {a: 1}\n- [b]", "[{a: 1}, [b]]"),
    // Documents
    .init("a: 1\n---\nb: 2\n...\n---\nc: 3\n", "{a: 1} | {b: 2} | {c: 3}"), .init("%YAML 1.2\n---\na: 1", "{a: 1}"),
    .init("---\n---\na: 1", "~ | {a: 1}"), .init("--- a\n--- 'b'\n---\n- c", "a | \"b\" | [c]"),
    .init("--- # c\na: 1", "{a: 1}"),
    // Anchors and merge keys
    .init("a: &x 1\nb: *x", "{a: 1, b: 1}"),
    .init("a: &x\n  k: 1\nb: *x\nc: [*x, *x]", "{a: {k: 1}, b: {k: 1}, c: [{k: 1}, {k: 1}]}"),
    .init("- &a [1, &b 2]\n- *b\n- *a", "[[1, 2], 2, [1, 2]]"),
    .init("a: &x |\n  t\nb: *x", "{a: \"t\\n\", b: \"t\\n\"}"),
    .init("a: &x\n- 1\nb: *x", "{a: [1], b: [1]}"), .init("&x\na: 1", "{a: 1}"),
    .init("a:\n  &x\n  b: 1\nc: *x", "{a: {b: 1}, c: {b: 1}}"),
    .init("a: &x {k: 1, l: 2}\nb:\n  l: 3\n  <<: *x", "{a: {k: 1, l: 2}, b: {l: 3, k: 1}}"),
    .init(
      "a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc:\n  <<: [*x, *y]\n  m: 4",
      "{a: {k: 1}, b: {k: 2, l: 3}, c: {m: 4, k: 1, l: 3}}"),
    .init("a: &x 1\nb: &x 2\nc: *x", "{a: 1, b: 2, c: 2}"), .init("a: &x\nb: *x", "{a: ~, b: ~}"),
  ]

  @Test("reads", arguments: read)
  func reads(vector: Vector) {
    #expect(
      outcome { () throws(StructuredTextError) in try YAMLReader.documents(in: vector.text) } == vector.expected)
  }

  static let refused: [Vector] = [
    .init("a:\n\tb: 1", "2:1 syntax: a tab"), .init("a:\n  b: 1\n \tc: 2", "3:2 syntax: a tab"),
    .init("a: [\n\t1]", "2:1 syntax: a tab"),
    .init("a: !!str 1", "1:4 unsupported: the tag '!!str'"), .init("a: !Ref x", "1:4 unsupported: the tag '!Ref'"),
    .init("? a\n: b", "1:1 unsupported: a key with '?'"), .init("a: 1\nb: 2\na: 3", "3:1 repeated: a of 1:1"),
    .init("{a: 1, a: 2}", "1:8 repeated: a of 1:2"), .init("a:\n  b: 1\n c: 2", "3:2 syntax: a line indented by 1"),
    .init("a:\n  b: 1\n   c: 2", "3:5 syntax: a key inside the text that began on line 2"),
    .init("a:\n  - b\n   - c", "3:4 unsupported: a list item inside the text that began on line 2"),
    .init("a: b: c", "1:4 syntax: a second ':' on this line"), .init("a: - b", "1:4 syntax: a list item"),
    .init("a: \"x", "1:4 syntax: a quoted text that does not end"),
    .init("a: 'x\nb: 1", "1:4 syntax: a quoted text that does not end"),
    .init("a: 'x\nb: 'y'", "2:1 syntax: a line indented by 0 inside quotes"),
    .init("a: \"x\" y", "1:8 syntax: 'y'"), .init("a: \"\\y\"", "1:5 syntax: the escape '\\y'"),
    .init("a: \"\\ud83d\"", "1:7 syntax: an escape that is no character"),
    .init("a: &limits 1\nb: *limit", "2:4 anchor: limit, nearest limits"),
    .init("a: *x", "1:4 anchor: x, nearest none"),
    .init("a: &x [*x]", "1:8 anchor: x, nearest none"), .init("a: &x 1\n---\nb: *x", "3:4 anchor: x, nearest none"),
    .init("[a: 1]", "1:2 unsupported: a pair in a list"), .init("{a}", "1:3 syntax: '}'"),
    .init("{a: 1 b: 2}", "1:8 syntax: ':'"),
    .init("[a, b", "1:6 syntax: the end of the text"), .init("[a,,b]", "1:4 syntax: ','"),
    .init("a: [1] 2", "1:8 syntax: '2'"),
    .init("[a]: b", "1:4 unsupported: a list or settings as a key"),
    .init("a: {{ x }}", "1:5 unsupported: a key that is no text (a template that was not rendered?)"),
    .init("a: @x", "1:4 syntax: '@'"), .init("a: `x`", "1:4 syntax: '`'"), .init("a: %x", "1:4 syntax: '%'"),
    .init("a: ]", "1:4 syntax: ']'"),
    .init("a: 1\n- b", "2:1 syntax: a list item among settings"), .init("- a\nb: 1", "2:1 syntax: 'b'"),
    .init("a: 1\nb", "2:1 syntax: a line without ': '"),
    .init("%TAG ! x\n---\na", "1:1 unsupported: the directive '%TAG ! x'"),
    .init("%YAML 1.2\na: 1", "1:1 syntax: a directive without a document"),
    .init("&x - a", "1:4 unsupported: an anchor before a key or item"), .init("&x: a", "1:3 syntax: ':'"),
    .init("- &x a: 1", "1:6 unsupported: an anchor before a key or item"),
    .init("a: 1\n&x b: 2", "2:1 unsupported: an anchor here"),
    .init("a: &x 1\n*x : 2", "2:1 unsupported: an alias as a key"), .init("a: |x\n  y", "1:5 syntax: 'x'"),
    .init("a: |\n    \n  x", "2:5 syntax: an empty line indented by 4"),
    .init("a: |\n\tx", "2:1 syntax: a tab"), .init("<<: 1", "1:1 syntax: a merge key without settings"),
    .init("a: \u{1}", "1:4 syntax: the control character U+0001"),
    .init("--- a: 1", "1:5 syntax: a second ':' on this line"), .init("a: [1\n---\n", "2:1 syntax: '-'"),
    .init(": a", "1:1 syntax: ':'"),
    .init("a: x # c\n   y", "2:4 syntax: a line indented by 3"), .init("a: \"x\"#c", "1:7 syntax: '#'"),
    .init("{#a: 1}", "1:2 syntax: '#'"),
    .init("[- a]", "1:2 syntax: a list item between brackets"),
    .init("a: 'x'\n  y", "2:3 syntax: a line indented by 2"),
  ]

  @Test("refuses by name and place", arguments: refused)
  func refuses(vector: Vector) {
    #expect(
      outcome { () throws(StructuredTextError) in try YAMLReader.documents(in: vector.text) } == "error "
        + vector.expected)
  }

  @Test("a value stands at its first character, an alias where its anchor's value is")
  func places() throws {
    let root = try #require(try YAMLReader.documents(in: "a: &x\n  - b: \"c\"\nd: *x\n").first)
    #expect(root.place == TextPlace(line: 1, column: 1))
    let list = try #require(root["a"])
    #expect(list.place == TextPlace(line: 2, column: 3))
    guard case .list(let elements) = list.value else { return #expect(Bool(false), "a list") }
    #expect(elements[0].place == TextPlace(line: 2, column: 5))
    #expect(elements[0]["b"]?.place == TextPlace(line: 2, column: 8))
    #expect(root["d"]?.place == list.place)
  }

  @Test("a few lines that stand for billions of values end in an error")
  func billionLaughs() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      text +=
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
    }
    #expect(
      outcome { () throws(StructuredTextError) in try YAMLReader.documents(in: text) }.contains(
        "aliases that stand for more than 100000 values"))
  }

  @Test("nesting ends at its bound in blocks, brackets and chains of aliases")
  func nesting() {
    let blocks = (0..<150).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    let chain = "a0: &a0 [x]\n" + (1..<150).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined()
    for text in [
      blocks, chain, String(repeating: "- ", count: 5000), String(repeating: "[", count: 5000),
      String(repeating: "{a: ", count: 5000),
    ] {
      #expect(
        outcome { () throws(StructuredTextError) in try YAMLReader.documents(in: text) }.contains(
          "nesting deeper than 100"))
    }
  }
}
