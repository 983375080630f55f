import Analysis
import Foundation
import Reporting
import TestSupport
import Testing
import Traffic

@testable import CommandLine

@Suite("The program") struct ProgramTests {
  private let services: StubServices = {
    var services = StubServices()
    services.traffic = .generated(seed: 21, requests: 600)
    services.entries = [
      LedgerEntry(
        number: 1, path: "access.log", node: "gw-1", format: "nginx", lines: 610, requests: 600, rejected: 10,
        rejections: [.init(reason: .badStatus, lines: 10)],
        firstArrival: services.traffic.rows.first.map { Timestamp(microseconds: $0[.arrival]) },
        lastArrival: services.traffic.rows.last.map { Timestamp(microseconds: $0[.arrival]) })
    ]
    return services
  }()

  @Test("help ends with 0 and goes to standard output", arguments: ["--help", "-h", "help", "", "show --help", "show", "show routes -h", "help show routes", "import --help", "store"])
  func help(line: String) async {
    let run = await Run(line)
    #expect(run.code == .done && run.errors.isEmpty)
    #expect(run.output.contains("Examples"))
  }

  @Test("every command has examples first in its help, and examples that parse")
  func examples() async throws {
    for command in Commands.all {
      let help = HelpText.of(command.words, commands: Commands.all)
      #expect(help.hasPrefix("Examples\n"), "\(command.title)")
      for example in command.examples where !example.line.contains("|") && !example.line.contains("'") {
        var words = example.line.split(separator: " ").map(String.init)
        #expect(words.removeFirst() == "headroom")
        if let redirect = words.firstIndex(where: { $0 == ">" || $0 == "<" }) { words.removeSubrange(redirect...) }
        _ = try ArgumentParser(commands: Commands.all).parse(words)
      }
    }
  }

  @Test("every command is named once, and its group is in the help")
  func table() {
    #expect(Set(Commands.all.map(\.title)).count == Commands.all.count)
    for command in Commands.all where command.words.count > 1 { #expect(Commands.groups[command.words[0]] != nil) }
  }

  @Test("every table prints in every format, the same bytes each time", arguments: ["routes", "routes --by outcome", "consumers", "cache", "upstreams", "nodes", "hours", "sources", "coverage", "quotas", "quotas --limit 10r/s --burst 3", "quotas --limit 100/m --limit 1000/month --key route"], ["text", "json", "csv", "markdown"])
  func tables(what: String, format: String) async throws {
    let first = await Run("show \(what) --format \(format)", services: services)
    #expect(first.code == .done, "\(first.errors)")
    #expect(!first.output.isEmpty && first.errors.isEmpty)
    let second = await Run("show \(what) --format \(format)", services: services)
    #expect(first.output == second.output)
    if format == "json" {
      let object = try JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any]
      let name = what.split(separator: " ")[0]
      #expect(object?["schema"] as? String == "headroom.\(name)/1")
    }
  }

  @Test("fewer rows never change a total")
  func totals() async throws {
    func total(_ options: String) async throws -> NSDictionary? {
      let run = await Run("show routes --format json" + options, services: services)
      let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
      return object?["routes_total"] as? NSDictionary
    }
    let all = try await total("")
    #expect(all != nil)
    #expect(try await total(" --top 2") == all)
    #expect(try await total(" --sort p99 --top 1") == all)
  }

  @Test("a table says how many requests live in rollups only, and whether they are in it")
  func rolledUp() async {
    var services = services
    services.entries[0].keptSingly = 500
    #expect(await Run("show nodes", services: services).output.contains("100 older requests"))
    #expect(await Run("show nodes", services: services).output.contains("not in this table"))
    #expect(await Run("show hours", services: services).output.contains("100 older requests"))
    #expect(await !Run("show sources", services: services).output.contains("older requests"))
    // All requests of the window are there singly: percentiles stay exact.
    #expect(await Run("show routes", services: services).output.contains(LatencyCells.exactNote))
  }

  @Test("mistakes are named with what was meant, and end with 2", arguments: [
    ("shw routes", "did you mean 'show'"), ("show rotues", "did you mean 'routes'"),
    ("show routes --formt json", "did you mean '--format'"), ("show routes --format jsn", "did you mean 'json'"),
    ("show routes --sort p98", "did you mean"), ("show routes --where statsu>500", "did you mean 'status'"),
    ("show routes --since", "--since needs a value"), ("show routes --all=yes", "--all takes no value"),
    ("show routes extra", "one argument too many"), ("import", "FILE is missing"), ("show routes --since yesterday", "a length such as 7d"),
    ("show routes --where duration>250", "a duration with its unit"), ("show routes --where route>5", "is text"),
    ("show routes --where outcome=okk", "did you mean 'ok'"), ("show routes --tz Europe/Berln", "did you mean 'Europe/Berlin'"),
    ("show routes --threads 0", "a positive number"), ("show routes --all --top 3", "exclude each other"),
    ("store retain", "--raw LENGTH is missing"), ("completions tcsh", "expected one of bash"), ("--frob", "no option '--frob'"),
    ("export --columns arival", "did you mean 'arrival'"),
  ])
  func mistakes(line: String, expected: String) async {
    let run = await Run(line, services: services)
    #expect(run.code == .usage && run.output.isEmpty)
    #expect(run.errors.hasPrefix("error: "))
    #expect(run.errors.contains(expected), "\(run.errors)")
  }

  @Test("hostile text in a mistake is shown, not obeyed")
  func hostileMistake() async {
    let run = await Run(["show", "routes", "--where", "\u{1B}[2J=1"])
    #expect(!run.errors.contains("\u{1B}"))
  }

  @Test("verify answers no with 1, detect too")
  func answers() async {
    #expect(await Run("store verify").code == .done)
    var damaged = StubServices()
    damaged.problems = ["segment 3: checksum"]
    #expect(await Run("store verify", services: damaged).code == .answerIsNo)
    #expect(await Run("formats detect good.log").code == .done)
    #expect(await Run("formats detect bad.log").code == .answerIsNo)
  }

  @Test("an unexpected error is internal, and a reader that went away is quiet")
  func errors() async {
    struct Odd: Error {}
    var services = StubServices()
    services.failure = Odd()
    #expect(await Run("show routes", services: services).code == .internal)
    services.failure = OutputError.readerLeft
    let left = await Run("show routes", services: services)
    #expect(left.code == .done && left.errors.isEmpty)
  }

  @Test("colour is for terminals that want it")
  func colour() async {
    let terminal = Terminal(isOutput: true)
    func colours(_ words: String, _ environment: [String: String] = [:]) async -> Bool {
      await Run(words.split(separator: " ").map(String.init), services: services, environment: environment, terminal: terminal)
        .output.contains("\u{1B}[")
    }
    #expect(await colours("show routes"))
    #expect(await !colours("show routes", ["NO_COLOR": "1"]))
    #expect(await colours("show routes", ["NO_COLOR": ""]))
    #expect(await !colours("show routes --color never"))
    #expect(await !colours("show routes --format json --color always"))
    #expect(await Run("show routes", services: services).output.contains("\u{1B}[") == false)
  }

  @Test("-o writes the whole file and nothing to standard output")
  func outputFile() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/routes.json"
    let run = await Run(["show", "routes", "--format=json", "-o", path], services: services)
    #expect(run.code == .done && run.output.isEmpty)
    let printed = await Run("show routes --format json", services: services).output
    #expect(try String(contentsOfFile: path, encoding: .utf8) == printed)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["routes.json"])
    let bad = await Run(["show", "routes", "-o", folder.path + "/no/such/file"], services: services)
    #expect(bad.code == .badInput)
  }

  @Test("export writes every row in stored order, and only the columns asked for")
  func export() async throws {
    let run = await Run("export --columns arrival,status,route,duration", services: services)
    let lines = run.output.split(separator: "\r\n")
    #expect(lines.count == 601)
    #expect(lines[0] == "arrival,status,route,duration_us")
    for (line, row) in zip(lines.dropFirst(), services.traffic.rows) {
      let time = row[.arrival] == .absent ? "" : TimeText.iso(Timestamp(microseconds: row[.arrival]))
      let duration = row[.duration] == .absent ? "" : String(row[.duration])
      #expect(line.hasPrefix(time + "," + String(row[.status]) + ",") && line.hasSuffix("," + duration))
    }
    let json = await Run(["export", "--format", "json", "--where", "status=5xx"], services: services)
    let expected = services.traffic.rows.count { (500...599).contains($0[.status]) }
    #expect(json.output.split(separator: "\n").count == expected)
    for line in json.output.split(separator: "\n") { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
  }

  @Test("conditions and times choose rows as the oracle does", arguments: [
    "status>=500", "route=/api/*", "route!=/health consumer=anna,ben", "duration>250ms", "cache=hit", "method=\"GET\"",
  ])
  func conditions(text: String) async throws {
    let run = await Run(["show", "routes", "--format", "json", "--where", text], services: services)
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let conditions = try FilterArgument.conditions(text, clock: .utc)
    let expected = services.traffic.matching(TrafficFilter(conditions: conditions)).count
    #expect(object?["requests"] as? Int == expected)
    #expect(expected > 0 && expected < 600)
  }

  @Test("relative times count from the newest arrival of the store, not from now")
  func relative() async throws {
    let run = await Run("show routes --format json --since 10s", services: services)
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let newest = services.traffic.rows.last![.arrival]
    #expect(object?["requests"] as? Int == services.traffic.rows.count { $0[.arrival] >= newest - 10_000_000 })
  }

  @Test("an import tells every source and ends with 3 when one failed")
  func importing() async {
    var services = StubServices()
    services.report = ImportReport(sources: [
      .init(path: "a.log", format: "nginx", result: "new", lines: 12, requests: 10, blank: 1, rejected: [(.badStatus, 1)]),
      .init(path: "b.log", format: nil, result: "unrecognised", isFailure: true),
    ])
    let run = await Run("import a.log b.log", services: services)
    #expect(run.code == .badInput)
    #expect(run.output.contains("bad_status") && run.output.contains("unrecognised"))
  }

  @Test("progress appears only where it is wanted, and never passes 100 %")
  func progress() async {
    var services = StubServices()
    services.stands = [ImportStand(path: "a\u{1B}.gz", bytesDone: 250, bytesTotal: 200, lines: 1_000)]
    #expect(await Run("import a.gz", services: services).errors.isEmpty)
    let run = await Run("import a.gz --progress", services: services)
    #expect(run.errors.contains("100 %") && run.errors.contains("a\\x1b.gz"))
    let half = ImportStand(path: "x", bytesDone: 1 << 20, bytesTotal: 2 << 20, lines: 4_000)
    #expect(ProgressLine.text(half, elapsed: Microseconds(2_000_000)) == " 50 %  1.00 MiB  512 KiB/s  4,000 lines  2.00 s left  x")
  }

  @Test("completions name every command", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) async {
    let run = await Run("completions \(shell)")
    #expect(run.code == .done)
    for command in Commands.all { #expect(run.output.contains(command.words.last!)) }
  }

  @Test("options may stand before the command, and -- ends them")
  func order() async throws {
    #expect(await Run("--format json show routes --all", services: services).output.hasPrefix("{"))
    guard case .command(let parsed) = try ArgumentParser(commands: Commands.all).parse(["import", "-n", "--", "--odd", "-"]) else {
      Issue.record("not a command")
      return
    }
    #expect(parsed.positional == ["--odd", "-"] && parsed.values["dry-run"] != nil)
  }
}

@Suite("Times on the command line") struct TimeArgumentTests {
  @Test("are read in the zone asked for", arguments: [
    ("2026-11-22", "UTC", 1_795_305_600), ("2026-11-22T08:30", "UTC", 1_795_336_200), ("2026-11-22 08:30:15.5", "UTC", 1_795_336_215),
    ("2026-11-22T08:30Z", "Europe/Berlin", 1_795_336_200), ("2026-11-22T08:30", "Europe/Berlin", 1_795_332_600),
    ("2026-07-01T12:00", "Europe/Berlin", 1_782_900_000), ("2026-11-22T08:30+05:30", "UTC", 1_795_316_400), ("2026-11-22T08:30", "-03:30", 1_795_348_800),
  ] as [(String, String, Int64)])
  func zones(text: String, zone: String, seconds: Int64) throws {
    let instant = TimeArgument.instant(text, clock: try ZoneArgument.clock(zone))
    #expect(instant.map { $0.microseconds / 1_000_000 } == seconds)
  }

  @Test("that do not exist are refused", arguments: ["2026-02-29", "2026-13-01", "2026-1-1", "2026-01-01T24:00", "2026-01-01T10", "now", "2026-01-01T10:00+99", "20260101", "2026-01-01x"])
  func refused(text: String) { #expect(TimeArgument.instant(text, clock: .utc) == nil) }
}

@Suite("Rows on their way out") struct RowOutputTests {
  private func services(paths: [String]) -> StubServices {
    var services = StubServices()
    services.traffic = .generated(seed: 5, requests: paths.count)
    services.paths = paths
    return services
  }

  private let hostile = [
    "/a,b", "/a\"b", "=1+1", " =cmd", "-1", "@x", "/a;b", "/a\u{1B}[31m", "/tab\there", "/ü", "＝1", "/</script>", "\\", "",
    "/ordinary?x=1&y=2", "/\u{202E}x",
  ]

  @Test("an exported path is the field that the CSV rules give for its text")
  func hostileCSV() async throws {
    let run = await Run("export --columns path", services: services(paths: hostile))
    #expect(run.output == "path\r\n" + hostile.map { CSVText.field($0) + "\r\n" }.joined())
  }

  @Test("an exported path is the same string again for a reader of JSON")
  func hostileJSON() async throws {
    let run = await Run("export --columns path --format json", services: services(paths: hostile))
    let read = try run.output.split(separator: "\n").map { line in
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
    }
    #expect(read == hostile.map { ["path": $0] })
    #expect(!run.output.contains("<") && !run.output.contains("\u{1B}"))
  }

  @Test("numbers, instants and addresses are written as the renderers write them", arguments: [
    0, 9, 10, -1, 1_000_000, -1_000_001, 1_763_800_000_123_456, Int64.max, Int64.min + 1,
  ])
  func numbers(value: Int64) {
    var (number, instant, again): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
    NumberBytes.append(value, to: &number)
    #expect(String(decoding: number, as: UTF8.self) == String(value))
    var instants = InstantBytes()
    instants.append(value, to: &instant)
    instants.append(value, to: &again)
    let expected = TimeText.iso(Timestamp(microseconds: value))
    #expect(String(decoding: instant, as: UTF8.self) == expected && again == instant)
    var word: [UInt8] = []
    NumberBytes.append(word: value, to: &word)
    #expect(UInt64(String(decoding: word, as: UTF8.self), radix: 16) == UInt64(bitPattern: value) && word.count == 16)
  }

  @Test("a cache of few slots gives every number its own text")
  func cache() {
    var cache = FieldCache()
    for number in [Int64(1), 65_537, 1, 131_073, 1, 0, .max] {
      var text: [UInt8] = []
      cache.append(number, to: &text) { Array(String($0).utf8) }
      #expect(String(decoding: text, as: UTF8.self) == String(number))
    }
  }

  @Test("SQL rows that stream are the bytes of the whole table", arguments: ["csv", "json"], [0, 1, 3])
  func stream(format: String, repeats: Int) async throws {
    var services = StubServices()
    services.answerRepeats = repeats
    let cells: [[Cell]] = Array(repeating: [[.integer(1), .text("SELECT")], [.absent, .real(0.5)]], count: repeats).flatMap(\.self)
    let columns = [Column("a", "a", .integer), Column("b", "b", .integer)]
    for top in [nil, 1, 4] as [Int?] {
      let words = ["sql", "SELECT", "--format", format] + (top.map { ["--top", String($0)] } ?? [])
      let run = await Run(words, services: services)
      let document = Document(
        name: "sql", title: "", blocks: [.table(Table(key: "rows", columns: columns, rows: cells).cut(to: top))])
      let whole = try #require(Renderers.named(format)).render(
        document, style: RenderStyle(colour: false, clock: .utc))
      #expect(run.output == whole)
    }
  }

  @Test("a table too long to align is refused with what to do; its first rows and CSV are not")
  func longAnswer() async {
    var services = StubServices()
    services.answerRepeats = 50_001
    let refused = await Run("sql --all SELECT", services: services)
    #expect(refused.code == .badInput && refused.errors.contains("--format csv"))
    let first = await Run("sql SELECT", services: services)
    #expect(first.code == .done && first.output.contains("20 of 100,002 rows"))
    let all = await Run("sql SELECT --format csv", services: services)
    #expect(all.output.utf8.count { $0 == 10 } == 100_003)
  }
}
