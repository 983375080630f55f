import Planning
import Simulation
import Synchronization
import Traffic

/// Writes one CSV row per decided attempt, in the order of the decisions.
struct DecisionLog: DecisionSink {
  static let columns: [ScanColumn] = [
    .source, .stored(.line), .stored(.consumer), .stored(.client), .route,
  ]
  static let header = "source,line,arrival_us,key,route,limit,decision,delay_us,status\n"

  private static let chunk = 1 << 18

  private let output: any TextSink
  private let sources: [Int64: [UInt8]]
  private let limits: [[UInt8]]
  private let text: @Sendable (Int64) -> String?
  private var fields = FieldCache()
  private var bytes: [UInt8] = []
  /// The first thing that went wrong; the rest is not written.
  private(set) var failure: (any Error)?

  /// - Parameters:
  ///   - sources: path by number of source.
  ///   - limits: name by number of rule.
  init(
    to output: any TextSink, sources: [Int64: String], limits: [String], text: @escaping @Sendable (Int64) -> String?
  ) {
    self.output = output
    self.sources = sources.mapValues(FieldEncoding.csv.field)
    self.limits = limits.map(FieldEncoding.csv.field)
    self.text = text
    bytes = Array(Self.header.utf8)
  }

  mutating func take(_ request: RecordedRequest, _ decision: Decision) {
    guard failure == nil else { return }
    bytes += sources[request[0]] ?? []
    comma()
    number(request[1])
    comma()
    number(request.arrival)
    comma()
    caller(request)
    comma()
    symbol(request[4])
    comma()
    let rule = Int(decision.rule >= 0 ? decision.rule : decision.dryRunRule)
    if limits.indices.contains(rule) { bytes += limits[rule] }
    comma()
    bytes += Self.word(decision).utf8
    comma()
    number(max(0, decision.verdict.delay))
    comma()
    if decision.status > 0 { number(Int64(decision.status)) }
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count > Self.chunk { flush() }
  }

  /// Writes what is left.
  /// - Throws: what went wrong first.
  consuming func finish() throws {
    flush()
    if let failure { throw failure }
  }

  private static func word(_ decision: Decision) -> String {
    if decision.verdict.isRejected { return decision.isTriedAgain ? "rejected_retried" : "rejected" }
    if decision.dryRunRule >= 0 { return "rejected_dry_run" }
    return decision.verdict.isDelayed ? "delayed" : "passed"
  }

  private mutating func caller(_ request: RecordedRequest) {
    if request[2] != .absent { return symbol(request[2]) }
    let client = request[3]
    guard client != .absent else { return }
    if client < ClientAddress.symbolBase { return NumberBytes.append(ipv4: client, to: &bytes) }
    symbol(client - ClientAddress.symbolBase)
  }

  private mutating func symbol(_ value: Int64) {
    guard value != .absent else { return }
    let text = text
    fields.append(value, to: &bytes) { FieldEncoding.csv.field(text($0) ?? "") }
  }

  private mutating func number(_ value: Int64) { if value != .absent { NumberBytes.append(value, to: &bytes) } }

  private mutating func comma() { bytes.append(UInt8(ascii: ",")) }

  private mutating func flush() {
    do { try output.write(bytes: bytes) } catch { failure = failure ?? error }
    bytes.removeAll(keepingCapacity: true)
  }
}
