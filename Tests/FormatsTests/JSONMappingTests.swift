import Scanning
import Testing
import Traffic

@testable import Formats

@Suite("Field mappings")
struct JSONMappingTests {
  private func row(_ line: String, _ format: any LogFormat) -> [String: String] {
    let batch = JSONSamples.parse(Array(line.utf8), format)
    guard batch.count == 1 else { return [:] }
    var row: [String: String] = [:]
    for column in RequestColumn.allCases where column != .line {
      row[column.name] = batch.text(column, row: 0)
    }
    return row
  }

  @Test("of a user are read and followed")
  func userMapping() throws {
    let mapping = try FieldMapping(
      jsonText: """
        {"arrival": {"key": "when.at", "unit": "ms"}, "duration": {"key": "took", "unit": "us"}, "status": "code",
         "path": {"key": "http.url"}, "basis": "end"}
        """)
    let format = GenericJSONFormat(mapping: mapping)
    let row = row(#"{"when":{"at":1795332664137},"took":37000,"code":"404","http.url":"/a/7?x=1"}"#, format)
    #expect(row["arrival"] == "1795332664100000")
    #expect(row["duration"] == "37000")
    #expect(row["status"] == "404")
    #expect(row["path"] == "/a/7?x=1")
    #expect(format.basis == .end)
  }

  @Test(
    "that are wrong name the bad key",
    arguments: [
      ("[1]", FieldMappingError.Problem.notJSON(offset: 0)),
      (#"{"arrival":{"key":"ts"},"elapsed":"x"}"#, .unknownField("elapsed")),
      (#"{"arrival":{"unit":"s"}}"#, .missingKey(field: "arrival")),
      (#"{"arrival":{"key":"ts","unit":"days"}}"#, .unknownUnit(field: "arrival", unit: "days")),
      (#"{"status":"s"}"#, .noTime), (#"{"arrival":"ts","basis":"middle"}"#, .unknownBasis("middle")),
      (#"{"arrival":"ts""#, .notJSON(offset: 15)),
    ])
  func wrong(text: String, problem: FieldMappingError.Problem) {
    #expect(throws: FieldMappingError(problem)) { try FieldMapping(jsonText: text) }
    #expect(!FieldMappingError(problem).description.isEmpty)
  }

  @Test(
    "guess units from names and values",
    arguments: [
      ("elapsed_ms", ["12", "7"], "ms"), ("durationNs", ["120000", "7"], "ns"), ("latency_us", ["5"], "us"),
      ("request_time", ["0.013", "1.002"], "s"), ("latency", ["12", "380", "95"], "ms"),
      ("took", ["48000", "91000", "20500"], "us"), ("duration", ["13768932", "36617321"], "ns"),
    ])
  func units(key: String, values: [String], unit: String) throws {
    let lines = values.map {
      Array(#"{"time":"2026-11-22T07:26:24Z","status":200,"path":"/","\#(key)":\#($0)}"#.utf8)
    }
    let formats = JSONSamples.withPointers(lines) { JSONFormats.candidates(for: $0, clock: WriterClock(year: 2026)) }
    let format = try #require(formats.first as? GenericJSONFormat)
    #expect(format.mapping.explanation.first { $0.field == "duration" }?.unit == unit)
  }

  @Test("tell start from end by name, writer and order")
  func basis() throws {
    func basis(_ lines: [String]) throws -> StampBasis {
      let formats = JSONSamples.withPointers(lines.map { Array($0.utf8) }) {
        JSONFormats.candidates(for: $0, clock: WriterClock(year: 2026))
      }
      return try #require(formats.first).basis
    }
    let line = #"{"time":"2026-11-22T07:26:2N.5Z","method":"GET","path":"/","status":200,"elapsed_ms":40}"#
    let ordered = [1, 2, 3].map { line.replacing("N", with: "\($0)") }
    #expect(try basis(ordered) == .end)
    #expect(try basis(ordered.reversed()) == .start)
    #expect(try basis(ordered.map { $0.replacing("\"time\"", with: "\"start_time\"") }) == .start)
  }

  @Test(
    "are not made of application logs",
    arguments: [
      #"{"time":"2026-11-22T07:26:24Z","level":"info","msg":"started","status":"ok"}"#,
      #"{"level":"info","message":"A thing happened","num_things":1102}"#,
      #"time="2021-09-15T21:17:10.220731Z" level=error msg="error retrieving" namespace=a pod=b status=Pending"#,
      "Nov 22 07:26:24 gw1 sshd[1]: Accepted key", "just text",
      #"{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","id":"a","kind":"SERVER","timestamp":1795332664137000,"duration":51000,"tags":{"http.method":"GET","http.path":"/"}}"#,
      #"{"trace_id":"1-5f-1","id":"a","start_time":1795332664.1,"end_time":1795332664.2,"http":{"request":{"method":"GET","url":"/"},"response":{"status":200}}}"#,
    ])
  func notRequests(line: String) {
    #expect(JSONSamples.candidates(Array(line.utf8)).isEmpty)
  }

  @Test("local clocks are shifted by the offset that is told")
  func localClock() throws {
    let line =
      "2026/11/22 07:39:18.544\tINFO\thttp.log.access.log2\thandled request\t"
      + #"{"request": {"method": "GET", "uri": "/", "client_ip": "127.0.0.1"}, "duration": 0.001, "status": 200}"#
    for (offset, arrival) in [(0, 1_795_333_158_543_000), (3600, 1_795_329_558_543_000)] {
      let format = try #require(LogFormats.all(FormatOptions(utcOffset: offset)).first { $0.name == "caddy-console" })
      #expect(row(line, format)["arrival"] == String(arrival))
    }
  }

  @Test("read ECS names")
  func elasticCommonSchema() throws {
    let line =
      #"{"@timestamp":"2026-11-22T07:26:24.123Z","event":{"duration":13768932},"http":{"request":{"method":"GET"},"response":{"status_code":200,"body":{"bytes":10}}},"url":{"path":"/ok"},"source":{"ip":"203.0.113.9"},"user_agent":{"original":"curl"}}"#
    let format = try #require(JSONSamples.candidates(Array(line.utf8)).first)
    let row = row(line, format)
    #expect(row["status"] == "200")
    #expect(row["method"] == "GET")
    #expect(row["path"] == "/ok")
    #expect(row["client"] == "203.0.113.9")
    #expect(row["duration"] == "13768")
    #expect(row["user_agent"] == "curl")
  }
}
