import Foundation
import TestSupport
import Testing

/// A configuration that cannot be used ends in one error that a user can act on, whoever's it is.
@Suite("Configurations that cannot be used") struct ConfigurationErrorsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs in the folder of the file, so that places are short.
  private func simulate(_ file: String) throws -> Program.Result {
    try Program.headroom.run(["simulate", "-c", file], in: folder)
  }

  private func expectOneError(_ result: Program.Result, about place: String, _ words: [String]) {
    #expect(result.status == 3 && result.output.isEmpty && !result.wasSignalled, "\(result)")
    let errors = result.errors.split(separator: "\n").count { $0.hasPrefix("error: ") }
    #expect(errors == 1 && result.errors.contains("\n  --> \(place)"), "\(result.errors)")
    for word in words { #expect(result.errors.contains(word), "\(word) is not in: \(result.errors)") }
  }

  @Test("end in one error with the line and what would be right", arguments: BrokenConfiguration.all)
  func broken(configuration: BrokenConfiguration) throws {
    let path = try folder.file(configuration.file, configuration.text)
    expectOneError(try simulate(path), about: "\(path):\(configuration.line):", configuration.words)
  }

  @Test("are at least four for every product") func coverage() {
    let products = Dictionary(grouping: BrokenConfiguration.all, by: \.file)
    #expect(BrokenConfiguration.all.count >= 40 && products.count >= 13)
    for (file, configurations) in products { #expect(configurations.count >= 3, "\(file)") }
  }

  @Test("end in one error where they are no text at all") func unreadable() throws {
    let noise = (0..<4_096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 131) }
    let files: [(path: String, words: String)] = [
      (folder.path + "/missing.conf", "there is no such file"), (folder.path, "it is a folder"),
      (try folder.file("binary.conf", noise), "not UTF-8 text"), (try folder.file("empty.conf", ""), "the file is empty"),
      (try folder.file("blank.conf", "\n \n\t\n"), "the file is empty"),
      (try folder.file("other.txt", "Dear all,\nthis is a letter.\n"), "no gateway's configuration was recognised"),
      (try folder.file("zeros.conf", [UInt8](repeating: 0, count: 1_000)), "error: "),
      (try folder.file("big.conf", [UInt8](repeating: UInt8(ascii: "a"), count: 20_000_000)), "larger than 16.0 MiB"),
    ]
    for (path, words) in files { expectOneError(try simulate(path), about: path, [words]) }
  }

  @Test("end the other commands that read them in the same way") func otherCommands() throws {
    let log = try HandWrittenLog(.exact)
    let broken = try log.folder.file("nginx.conf", "http {\n  limit_rqe zone=a;\n}\n")
    for words in [["calibrate", "-c", broken], ["show", "quotas", "--config", broken]] {
      expectOneError(try log.run(words), about: "\(broken):2:3", ["did you mean 'limit_req'?"])
    }
  }
}
