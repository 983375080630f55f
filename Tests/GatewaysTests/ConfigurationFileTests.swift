import Testing

@testable import Gateways

@Suite("A structured configuration file")
struct ConfigurationFileTests {
  private func problem(_ text: String, _ file: String) -> ConfigurationError? {
    do {
      _ = try ConfigurationFile.document(text: text, file: file)
      return nil
    } catch {
      return error
    }
  }

  private func error(_ problem: ConfigurationError.Problem, _ line: Int, _ column: Int) -> ConfigurationError {
    ConfigurationError(problem, at: ConfigurationPlace(file: "a.yaml", line: line, column: column))
  }

  @Test("names the faults of its language in the words of configurations")
  func faults() {
    #expect(
      problem("a:\n\tb: 1", "a.yaml")
        == error(.syntax(found: "a tab", expected: "spaces: YAML is not indented with tabs"), 2, 1))
    #expect(problem("a: 1\na: 2", "a.yaml") == error(.contradiction("'a' is already set on line 1"), 2, 1))
    #expect(
      problem("a: &limits 1\nb: *limit", "a.yaml")
        == error(.unknownReference("limit", kind: "anchor", nearest: "limits"), 2, 4))
    #expect(
      problem("a: 1\n---\nb: 2", "a.yaml")
        == error(.contradiction("several documents in a file that holds one configuration"), 3, 1))
    #expect(problem("# nothing", "a.yaml") == error(.missing(setting: "configuration", within: "file"), 0, 0))
    guard case .unsupported("the tag '!Ref'", _)? = problem("a: !Ref b", "a.yaml")?.problem else {
      Issue.record("a tag is refused by name")
      return
    }
  }
}
