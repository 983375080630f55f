import Foundation
import TestSupport
import Testing

/// Files that are not what a log should be: each is read as far as it goes, and what is wrong with it is said.
@Suite("Hostile sources") struct HostileSourcesTests {
  let folder: TemporaryFolder
  /// 1,000 lines, each ended by a line feed.
  let log: String

  init() throws {
    folder = try TemporaryFolder()
    log = try Program.night.run(["--format", "combined", "--lines", "1000", "--seed", "21"], in: folder).output
  }

  /// Imports into a store of its own.
  func imported(_ file: String, _ options: [String] = [], input: String? = nil) throws -> Program.Result {
    let store = folder.path + "/\(UUID().uuidString).db"
    return try Program.headroom.run(
      ["import", file, "--format", "json", "--store", store] + options, input: input, in: folder)
  }

  func counts(_ file: String, input: String? = nil) throws -> [Int] {
    let result = try imported(file, input: input)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let source = try #require(try ImportAnswer(result).sources.first)
    return [source.lines, source.requests, source.rejected, source.blank]
  }

  @Test("a byte order mark, carriage returns, a missing last line feed and blank lines change nothing")
  func harmless() throws {
    #expect(try counts(folder.file("bom", "\u{FEFF}" + log)) == [1000, 1000, 0, 0])
    #expect(try counts(folder.file("crlf", log.replacingOccurrences(of: "\n", with: "\r\n"))) == [1000, 1000, 0, 0])
    #expect(try counts(folder.file("open", String(log.dropLast()))) == [1000, 1000, 0, 0])
    #expect(try counts(folder.file("blank", "\n" + log + "\n\n")) == [1003, 1000, 0, 3])
    #expect(try counts(folder.file("one", String(log.prefix { $0 != "\n" }))) == [1, 1, 0, 0])
    #expect(try counts("-", input: log) == [1000, 1000, 0, 0])
  }

  @Test("a dry run counts what an import would, from a file and from standard input, and stores nothing")
  func dryRun() throws {
    let store = folder.path + "/dry.db"
    for (file, input) in [(try folder.file("dry.log", log), nil), ("-", log)] {
      let result = try Program.headroom.run(
        ["import", file, "--dry-run", "--format", "json", "--store", store], input: input, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try ImportAnswer(result).sources.map(\.requests) == [1000], "\(file)")
    }
    #expect(!FileManager.default.fileExists(atPath: store))
  }

  @Test("an empty file gives no lines and no error") func empty() throws {
    #expect(try counts(folder.file("empty", "")) == [0, 0, 0, 0])
  }

  @Test("a hole of zero bytes, as a power cut leaves it, costs no request") func hole() throws {
    let bytes = Array(log.utf8) + [UInt8](repeating: 0, count: 100_000) + Array(log.utf8)
    #expect(try counts(folder.file("hole", bytes)) == [2000, 2000, 0, 0])
  }

  @Test("a line of more than 1 MiB is one rejected line") func overlong() throws {
    let long = String(repeating: "a", count: 3 << 20)
    #expect(try counts(folder.file("long", log + long + "\n" + log)) == [2001, 2000, 1, 0])
    #expect(try counts(folder.file("long-last", log + long)) == [1001, 1000, 1, 0])
  }

  @Test("several gzip members are one log") func members() throws {
    let packed = try gzipped(Array(log.utf8), in: folder)
    #expect(try counts(folder.file("twice.gz", packed + packed)) == [2000, 2000, 0, 0])
  }

  @Test("of a gzip file that ends early the whole lines are kept, and the whole file adds the rest")
  func truncated() throws {
    let packed = try gzipped(Array(log.utf8), in: folder)
    let store = folder.path + "/truncated.db"
    for known in [false, true] {
      let part = try Program.headroom.run(
        ["import", try folder.file("day.gz", packed.prefix(packed.count / 2)), "--store", store, "--format", "json"],
        in: folder)
      #expect(part.status == 3 && part.errors.hasPrefix("error: the gzip stream ends early"), "\(part.errors)")
      let source = try #require(try ImportAnswer(part).sources.first)
      #expect(known || source.result == "incomplete" && source.requests > 100 && source.requests < 1000, "\(source)")
    }
    let rest = try Program.headroom.run(
      ["import", try folder.file("day.gz", packed), "--store", store, "-q"], in: folder)
    #expect(rest.status == 0, "\(rest.errors)")
    let count = try Program.headroom.run(
      ["sql", "SELECT count(*), sum(line) FROM requests", "--store", store, "--format", "csv"], in: folder)
    #expect(count.output.hasSuffix("1000,500500\r\n"), "\(count.output)")
  }

  @Test("other compressions, binary data, UTF-16, missing files and patterns are refused with what to do")
  func refused() throws {
    let zstd = try imported(folder.file("a.zst", [0x28, 0xB5, 0x2F, 0xFD, 4, 0, 0, 0]))
    #expect(zstd.status == 3 && zstd.errors.contains("zstd -dc "), "\(zstd.errors)")
    let binary = try imported(folder.file("a.bin", (0..<50_000).map { $0 % 7 == 0 ? UInt8($0 % 251) : 0 }))
    #expect(binary.status == 3 && binary.errors.contains("zero bytes"), "\(binary.errors)")
    let wide = try imported(folder.file("wide", [0xFF, 0xFE] + log.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))
    #expect(wide.status == 3 && wide.errors.contains("iconv"), "\(wide.errors)")
    let missing = try imported(folder.path + "/nowhere.log")
    #expect(missing.status == 3 && missing.errors.hasPrefix("error: no such file\n  --> "), "\(missing.errors)")
    let pattern = try imported(folder.path + "/nowhere*")
    #expect(pattern.status == 3 && pattern.errors.contains("nowhere*"), "\(pattern.errors)")
    let text = try imported(folder.file("notes.txt", "this is\nno log\n"))
    #expect(text.status == 3 && text.errors.contains("not recognised"), "\(text.errors)")
  }

  @Test("a folder and a pattern are all their files") func several() throws {
    try FileManager.default.createDirectory(atPath: folder.path + "/d", withIntermediateDirectories: true)
    _ = try folder.file("d/a.log", log)
    _ = try folder.file("d/b.log", String(log.dropFirst(log.prefix { $0 != "\n" }.count + 1)))
    for input in ["/d", "/d/*.log"] {
      let answer = try ImportAnswer(try imported(folder.path + input))
      #expect(answer.sources.map(\.requests) == [1000, 999])
    }
  }

  @Test("a log that grows while it is read is whole after the next import") func growing() throws {
    let file = try folder.file("live.log", "")
    let writer = try #require(FileHandle(forWritingAtPath: file))
    let store = folder.path + "/growing.db"
    let bytes = Array(log.utf8)
    // Steps that end anywhere in a line; imports run while the next step is written.
    for start in stride(from: 0, to: bytes.count, by: 30_011) {
      let running = try Program.headroom.start(["import", file, "-q", "--store", store], in: folder)
      try writer.write(contentsOf: bytes[start..<min(start + 30_011, bytes.count)])
      running.process.waitUntilExit()
    }
    let last = try Program.headroom.run(["import", file, "-q", "--store", store], in: folder)
    #expect(last.status == 0, "\(last.errors)")
    let count = try Program.headroom.run(
      ["sql", "SELECT count(*), sum(line) FROM requests", "--store", store, "--format", "csv"], in: folder)
    #expect(count.output.hasSuffix("1000,500500\r\n"), "\(count.output)")
  }

  @Test("--strict stops at the first bad line, shows it, and stores nothing") func strict() throws {
    let bad = "1.2.3.4 - - [21/Nov/2026:00:00:00 +0000] \"GET /a HTTP/1.1\" 2OO 12 \"-\" \"x\"\n"
    let file = try folder.file("bad.log", log + bad + log)
    let store = folder.path + "/strict.db"
    let result = try Program.headroom.run(["import", "--strict", file, "--store", store], in: folder)
    #expect(result.status == 3)
    #expect(
      result.errors == """
        error: no valid status in 'status' (format nginx-combined)
          --> \(file):1001:60
           | \(bad.dropLast())
           | \(String(repeating: " ", count: 59))^
        help: Without '--strict' such lines are counted and kept aside; 'headroom formats detect \(file)' checks the format.

        """)
    #expect(!FileManager.default.fileExists(atPath: store), "a store that nothing came into is taken away again")
    // Where a store was before, it stays as it was.
    let good = try folder.file("good.log", log)
    _ = try Program.headroom.run(["import", good, "--store", store], in: folder)
    let again = try Program.headroom.run(
      ["import", "--strict", try folder.file("worse.log", bad + log), "--store", store], in: folder)
    #expect(again.status == 3)
    let count = try Program.headroom.run(
      ["sql", "SELECT count(*), count(DISTINCT source) FROM requests", "--store", store, "--format", "csv"], in: folder)
    #expect(count.output.hasSuffix("1000,1\r\n"), "\(count.output)\(count.errors)")
  }
}
