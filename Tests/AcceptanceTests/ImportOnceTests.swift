import Foundation
import TestSupport
import Testing

/// Nothing is counted twice and nothing is lost, whatever happens to a log or to the import of it.
@Suite("A log is imported once") struct ImportOnceTests {
  let folder: TemporaryFolder
  let log: [UInt8]
  /// Options that every import of the log takes.
  let reading: [String]

  init() throws {
    folder = try TemporaryFolder()
    let night = try Program.night.run(["--lines", "100000", "--seed", "11"], in: folder)
    try #require(night.status == 0, "\(night.errors)")
    log = Array(night.output.utf8)
    let format = try Program.night.run(["--print-log-format"], in: folder)
    reading = ["--quiet", "--log-format-from", try folder.file("gateway.conf", format.output)]
  }

  /// Everything a store answers, in one text.
  func answers(_ store: String) throws -> String {
    let questions = [
      ["show", "routes", "--all", "--format", "json"], ["show", "consumers", "--all", "--format", "json"],
      ["show", "hours", "--all", "--format", "json"], ["show", "cache", "--all", "--format", "json"],
      ["show", "upstreams", "--all", "--format", "json"],
      ["export", "--columns", "line,arrival,duration,method,path,status,client,consumer,user_agent", "--format", "csv"],
    ]
    return try questions.map { question in
      let result = try Program.headroom.run(question + ["--store", store], in: folder)
      #expect(result.status == 0, "\(question): \(result.errors)")
      return result.output
    }.joined(separator: "\n---\n")
  }

  func importing(_ files: [String], into store: String, _ options: [String] = []) throws {
    let result = try Program.headroom.run(["import"] + files + ["--store", store] + reading + options, in: folder)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("again, renamed, gzipped, or from standard input: nothing is added") func again() throws {
    let file = try folder.file("access.log", log)
    let store = folder.path + "/again.db"
    try importing([file], into: store)
    let expected = try answers(store)
    let renamed = try folder.file("access.log.1", log)
    let packed = try folder.file("access.log.2.gz", try gzipped(log, in: folder))
    try importing([file], into: store)
    try importing([renamed, packed], into: store)
    let piped = try Program.headroom.run(
      ["import", "-", "--store", store] + reading, input: String(decoding: log, as: UTF8.self), in: folder)
    #expect(piped.status == 0, "\(piped.errors)")
    #expect(try answers(store) == expected)
  }

  @Test("grown in steps that end anywhere in a line, plain and gzipped") func grown() throws {
    let whole = folder.path + "/whole.db"
    try importing([try folder.file("access.log", log)], into: whole)
    let expected = try answers(whole)
    let store = folder.path + "/grown.db"
    var generator = SeededGenerator(seed: 5)
    var length = 0
    while length < log.count {
      length = min(log.count, length + Int.random(in: 1...(log.count / 5), using: &generator))
      let part = Array(log[0..<length])
      if Bool.random(using: &generator) {
        try importing([try folder.file("live.log", part)], into: store)
      } else {
        try importing([try folder.file("live.log.gz", try gzipped(part, in: folder))], into: store)
      }
    }
    #expect(try answers(store) == expected)
  }

  @Test("an earlier state of a known log adds nothing") func earlier() throws {
    let store = folder.path + "/earlier.db"
    try importing([try folder.file("access.log", log)], into: store)
    let expected = try answers(store)
    try importing([try folder.file("noon.log", log[0..<(log.count / 2)])], into: store)
    #expect(try answers(store) == expected)
  }

  @Test("a shorter log that begins like a known one and goes on differently is a log of its own") func fork() throws {
    let lines = log.split(separator: 10)
    let store = folder.path + "/fork.db"
    try importing([try folder.file("access.log", log)], into: store)
    let forked = lines[0..<50_000] + lines[70_000..<80_000]
    try importing([try folder.file("forked.log", Array(forked.joined(separator: [10])) + [10])], into: store)
    let count = try Program.headroom.run(
      ["sql", "SELECT count(*) FROM requests", "--store", store, "--format", "csv"], in: folder)
    #expect(count.output.hasSuffix("160000\r\n"), "\(count.output)")
  }

  @Test("the answers are the same bytes for any number of threads") func threads() throws {
    let file = try folder.file("access.log", log)
    var seen: Set<String> = []
    for threads in 1...4 {
      let store = folder.path + "/threads-\(threads).db"
      try importing([file], into: store, ["--threads", String(threads)])
      seen.insert(try answers(store))
    }
    #expect(seen.count == 1)
  }

  @Test("forgetting one of two logs leaves the store as if it had never been there") func forgotten() throws {
    let middle = log.count / 2
    let cut = log[middle...].firstIndex(of: 10)! + 1
    let first = try folder.file("first.log", log[0..<cut])
    let second = try folder.file("second.log", log[cut...])
    let only = folder.path + "/only.db"
    try importing([first], into: only)
    let both = folder.path + "/both.db"
    try importing([first, second], into: both)
    let forget = try Program.headroom.run(["store", "forget", second, "--store", both], in: folder)
    #expect(forget.status == 0, "\(forget.errors)")
    #expect(try answers(both) == answers(only))
  }
}
