import Scanning
import TestSupport
import Testing

@Suite("Every structured text")
struct StructuredPropertyTests {
  private func plain(_ read: () throws(StructuredTextError) -> [ConfigurationNode]) -> String {
    do { return "\(try read().map(\.plain))" } catch { return "error \(error.short)" }
  }

  @Test("reads back equal in whatever style it was written", arguments: UInt64(1)...40)
  func readsBack(seed: UInt64) {
    var writer = TreeWriter(seed: seed)
    for _ in 0..<50 {
      let tree = writer.mapping(depth: 4)
      let expected = "\([tree])"
      for _ in 0..<4 {
        let text = writer.yaml(tree)
        #expect(
          plain { () throws(StructuredTextError) in try YAMLReader.documents(in: text) } == expected,
          "seed \(seed):\n\(text)")
      }
      let json = writer.json(tree)
      #expect(plain { () throws(StructuredTextError) in [try JSONReader.document(in: json)] } == expected)
      #expect(plain { () throws(StructuredTextError) in try YAMLReader.documents(in: json) } == expected)
      let toml = writer.toml(tree)
      #expect(plain { () throws(StructuredTextError) in [try TOMLReader.document(in: toml)] } == expected)
    }
  }

  @Test("ends in a tree or an error when truncated or with flipped bytes", arguments: UInt64(1)...8)
  func hostile(seed: UInt64) {
    var writer = TreeWriter(seed: seed &+ 1000)
    var outcomes = 0
    func read(_ bytes: some Collection<UInt8>) {
      let text = String(decoding: bytes, as: UTF8.self)
      outcomes += outcome { () throws(StructuredTextError) in try YAMLReader.documents(in: text) }.isEmpty ? 0 : 1
      outcomes +=
        outcome { () throws(StructuredTextError) in [try JSONReader.document(in: text, allowsTrailingCommas: true)]
        }.isEmpty ? 0 : 1
      outcomes += outcome { () throws(StructuredTextError) in [try TOMLReader.document(in: text)] }.isEmpty ? 0 : 1
    }
    for _ in 0..<6 {
      let tree = writer.mapping(depth: 3)
      for text in [writer.yaml(tree), writer.json(tree), writer.toml(tree)] {
        let bytes = Array(text.utf8)
        for end in 0...bytes.count where end % 3 == 0 || end < 40 { read(bytes[..<end]) }
        for _ in 0..<100 where !bytes.isEmpty {
          var flipped = bytes
          flipped[Int.random(in: 0..<bytes.count, using: &writer.random)] ^=
            1 << UInt8.random(in: 0..<8, using: &writer.random)
          read(flipped)
        }
      }
    }
    #expect(outcomes > 0)
  }

  @Test(
    "is told by its name, else by what it begins with",
    arguments: [
      ("a.yml", "{}", StructuredText.Language.yaml), ("a.JSON", "a: 1", .json), ("a.toml", "", .toml),
      ("x", "{\"a\": 1}", .json), ("x", "// c\n[1]", .json),
      ("x", "[\"a\"]", .json), ("x", "# c\n[http.routers]\na = 1", .toml), ("x", "[[a]]", .toml),
      ("x", "a = 1", .toml), ("x", "a: b = 1", .yaml),
      ("x", "", .yaml), ("x", "---\na: 1", .yaml), ("-", "\u{FEFF}{", .json), ("x", "- a", .yaml),
      ("x", "[1, 2]", .json),
    ])
  func language(name: String, text: String, expected: StructuredText.Language) {
    #expect(StructuredText.language(of: text, named: name) == expected)
  }
}
