import Store
import Traffic

/// A request as a test writes it down; absent is nil.
struct SampleRow: Hashable {
  var arrival: Int64
  var duration: Int64?
  var upstreamDuration: Int64?
  var status: Int64?
  var bytesOut: Int64?
  var client: String?
  var method: String?
  var path: String?
  var routeName: String?
  var consumer: String?
  var cache: CacheStatus?
  var outcome: Outcome?
  var line: Int64

  /// Writes the row into a batch.
  func write(into batch: inout RequestBatch) {
    batch.set(.arrival, arrival)
    batch.set(.line, line)
    for (column, value) in numbers { if let value { batch.set(column, value) } }
    for (column, text) in [(RequestColumn.method, method), (.routeName, routeName), (.consumer, consumer)] {
      if let text { withBytes(of: text) { batch.setSymbol(column, $0, $1) } }
    }
    if let client { withBytes(of: client) { batch.setClient($0, $1) } }
    if let path { withBytes(of: path) { batch.setTarget($0, $1) } }
    batch.commitRow()
  }

  var numbers: [(RequestColumn, Int64?)] {
    [
      (.duration, duration), (.upstreamDuration, upstreamDuration), (.status, status), (.bytesOut, bytesOut),
      (.cache, cache?.rawValue), (.outcome, outcome?.rawValue),
    ]
  }

  private func withBytes(of text: String, _ body: (UnsafePointer<UInt8>, Int) -> Void) {
    var bytes = Array(text.utf8)
    let count = bytes.count
    bytes.append(0)
    bytes.withUnsafeBufferPointer { body($0.baseAddress!, count) }
  }

  /// Encodes rows in segments of at most `perSegment`.
  static func segments(_ rows: [SampleRow], perSegment: Int) -> [EncodedSegment] {
    var segments: [EncodedSegment] = []
    var batch = RequestBatch(capacity: perSegment)
    for row in rows {
      row.write(into: &batch)
      if batch.isFull {
        segments.append(EncodedSegment(encoding: batch))
        batch.reset()
      }
    }
    if batch.count > 0 { segments.append(EncodedSegment(encoding: batch)) }
    return segments
  }

  // MARK: Reading back

  static let columns: [ScanColumn] = [
    .stored(.arrival), .stored(.duration), .stored(.upstreamDuration), .stored(.status), .stored(.bytesOut),
    .stored(.client), .stored(.method), .stored(.routeName), .stored(.consumer), .stored(.cache), .stored(.outcome),
    .stored(.line),
  ]

  /// All rows of a store that pass a filter, in stored order.
  static func read(_ store: TrafficStore, _ filter: TrafficFilter = TrafficFilter()) throws -> [SampleRow] {
    var cursor = try RowCursor(store, columns, filter: filter, withPaths: true)
    var rows: [SampleRow] = []
    while try cursor.nextBatch({ batch, paths in
      for row in 0..<batch.rows {
        let values = columns.indices.map { batch[$0][row] }
        let path = paths.path(row).map { String(decoding: $0, as: UTF8.self) }
        rows.append(SampleRow(values, path: path, store))
      }
    }) {}
    return rows
  }

  private init(_ values: [Int64], path: String?, _ store: TrafficStore) {
    func number(_ index: Int) -> Int64? { values[index] == .absent ? nil : values[index] }
    func text(_ index: Int) -> String? { store.text(of: values[index], Self.columns[index]) }
    arrival = values[0]
    duration = number(1)
    upstreamDuration = number(2)
    status = number(3)
    bytesOut = number(4)
    client = text(5)
    method = text(6)
    routeName = text(7)
    consumer = text(8)
    cache = number(9).flatMap(CacheStatus.init)
    outcome = number(10).flatMap(Outcome.init)
    line = values[11]
    self.path = path
  }

  // MARK: Making up

  init(arrival: Int64, line: Int64) {
    self.arrival = arrival
    self.line = line
  }

  /// Rows as a gateway might log them: nearly in order, some fields often missing.
  static func random(_ count: Int, seed: UInt64, start: Int64 = 1_700_000_000_000_000) -> [SampleRow] {
    var random = SeededNumbers(seed: seed)
    var time = start
    return (0..<count).map { index in
      time += Int64(random.below(40)) * 1000
      var row = SampleRow(arrival: time - Int64(random.below(50)) * 1000, line: Int64(index + 1))
      row.fill(&random)
      return row
    }
  }

  private mutating func fill(_ random: inout SeededNumbers) {
    duration = random.below(10) == 0 ? nil : Int64(random.below(1 << (4 + random.below(20))))
    upstreamDuration = random.below(3) == 0 ? nil : duration.map { $0 * 9 / 10 }
    status = [200, 200, 200, 201, 304, 404, 429, 500, 0][random.below(9)]
    bytesOut = random.below(20) == 0 ? nil : Int64(random.below(100_000))
    client = random.below(8) == 0 ? "2001:db8::\(random.below(50))" : "10.0.\(random.below(4)).\(random.below(200))"
    method = random.below(30) == 0 ? nil : ["GET", "GET", "POST", "DELETE"][random.below(4)]
    routeName = random.below(2) == 0 ? "route-\(random.below(3))" : nil
    consumer = random.below(4) == 0 ? nil : "consumer \(random.below(12))"
    cache = [nil, .hit, .miss, .bypass][random.below(4)]
    outcome = status == 500 ? .upstreamReset : .ok
    path = randomPath(&random)
  }

  private func randomPath(_ random: inout SeededNumbers) -> String? {
    switch random.below(6) {
    case 0: nil
    case 1: "/health"
    case 2: "/users/\(random.below(5000))/orders?x=\(random.below(9))&q=a%20\(random.below(9))"
    case 3: "/static/ümlaut-\(random.below(3)).css"
    case 4: "/files/9f8a7c6e-1b2d-4c3f-8e9a-0123456789a\(random.below(9))"
    default: "/search?q=term\(random.below(99))&page=\(random.below(4))"
    }
  }
}

/// A seeded generator: the same numbers on every machine.
///
/// - Source: Steele, Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014 (SplitMix64).
struct SeededNumbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
