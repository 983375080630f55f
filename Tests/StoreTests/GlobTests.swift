import Testing

import Traffic

@Suite("A glob") struct GlobTests {
  @Test(
    "matches whole texts",
    arguments: [
      ("", "", true), ("*", "", true), ("*", "anything", true), ("a*c", "abc", true), ("a*c", "ac", true),
      ("a*c", "abcd", false), ("?", "ü", true), ("??", "ü", false), ("a?c", "abc", true), ("*ab*ab", "abab", true),
      ("*ab*ab", "aab", false), ("/api/*/x", "/api/1/2/x", true), ("abc", "ab", false), ("**", "a", true),
    ])
  func matches(pattern: String, text: String, expected: Bool) {
    #expect(Glob(pattern).matches(text) == expected)
  }
}
