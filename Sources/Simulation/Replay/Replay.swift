public import Gateways
internal import Synchronization
public import Traffic

/// Replays recorded traffic through a gateway's rules.
///
/// The same traffic, model and options give the same decisions, in the same order, for any number of threads.
/// - Source: the order of events is that of the products' own stages; a request is decided by the state that all
///   earlier ones left, as in one serialised process.
public enum Replay {
  /// Decides about every request of the traffic that passes a filter and gives the sink that took the decisions.
  /// - Throws: `ReplayError` for a model that is too large; what the traffic throws.
  public static func run<Sink: DecisionSink>(
    _ model: GatewayModel, on traffic: any TrafficSource, filter: TrafficFilter = TrafficFilter(),
    options: ReplayOptions = ReplayOptions(), threads: Int? = nil, into sink: Sink
  ) async throws -> Sink {
    guard model.mostRulesMet <= ReplayError.most else { throw ReplayError.tooManyRules(model.mostRulesMet) }
    let run = ReplayRun(model, options: options, sink: sink) { traffic.text(of: $1, in: $0) }
    let request = ScanRequest(columns: run.columns, filter: filter, order: .arrival, threads: threads)
    return try await traffic.scan(request, ReplayFold(run: run)).run.finish()
  }
}

/// Why a model cannot be replayed.
public enum ReplayError: Error, Hashable, Sendable {
  /// One request may meet so many rules; places that it holds are noted in the bits of one word.
  case tooManyRules(Int)

  /// Rules that one request may meet at most.
  public static let most = 64
}

extension GatewayModel {
  /// Rules that one request meets at most: in each policy those of one case.
  var mostRulesMet: Int {
    policies.reduce(0) { sum, policy in
      sum + (policy.cases.map { $0.stages.reduce(0) { $0 + $1.rules.count } }.max() ?? 0)
    }
  }
}

/// Hands the batches of a scan to a replay.
private struct ReplayFold<Sink: DecisionSink>: TrafficFold {
  let run: ReplayRun<Sink>

  mutating func absorb(_ batch: borrowing ColumnBatch) { run.absorb(batch) }

  mutating func merge(_ later: Self) {
    // Rows by arrival come to one fold: the state of a limiter cannot be merged.
  }
}

/// The state of a replay between batches.
final class ReplayRun<Sink: DecisionSink>: Sendable {
  /// The program's columns, and the logged verdict where the program does not read it.
  let columns: [ScanColumn]
  private let width: Int
  private let limit: Int
  private let ticks: TickOrder
  private let state: Mutex<ReplayState<Sink>>

  init(
    _ model: GatewayModel, options: ReplayOptions, sink: Sink,
    text: @escaping @Sendable (ScanColumn, Int64) -> String?
  ) {
    let program = ReplayProgram(model, options: options, wanted: Sink.columns, text: text)
    var list = ColumnList(program.columns)
    limit = list.position(.stored(.limit))
    columns = list.columns
    width = program.columns.count
    ticks = TickOrder(arrival: program.arrival, source: program.source, resolutions: options.resolutions)
    state = Mutex(ReplayState(program, options: options, sink: sink))
  }

  /// The columns are copied, one after another into one array, so that nothing outlives the batch.
  func absorb(_ batch: borrowing ColumnBatch) {
    let rows = batch.rows
    var values: [Int64] = []
    values.reserveCapacity(width * rows)
    for index in 0..<width { values.append(contentsOf: batch[index]) }
    ticks.settle(&values, rows: rows, limits: batch[limit])
    let copied = values
    state.withLock { $0.absorb(copied, rows: rows) }
  }

  func finish() -> Sink { state.withLock { $0.finish() } }
}

/// Numbers keys and classes batch by batch and hands them to the engine.
struct ReplayState<Sink: DecisionSink>: ~Copyable {
  private var program: ReplayProgram
  private var engine: ReplayEngine
  private var sink: Sink
  private var placement: ArrivalPlacement
  private var nodes: NodeAssignment
  private var scratch: ReplayScratch
  private var growth: TrafficGrowth?
  private let reorders: Bool

  init(_ program: ReplayProgram, options: ReplayOptions, sink: Sink) {
    engine = ReplayEngine(program, clients: options.clients)
    self.sink = sink
    placement = ArrivalPlacement(options)
    nodes = NodeAssignment(options.nodes)
    scratch = ReplayScratch(columns: program.columns.count, numbers: program.spaces.count + 1)
    growth = program.growth
    reorders = placement.reorders
    self.program = program
  }

  /// - Parameter values: the program's columns one after another, `rows` values each.
  mutating func absorb(_ values: [Int64], rows: Int) {
    // Safe: the pointers are used inside the closure only.
    values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, rows > 0 else { return }
      scratch.take(base, rows: rows)
      decide(rows)
    }
  }

  private mutating func decide(_ rows: Int) {
    let all = UnsafePointer(scratch.pointers)
    let (sources, lines) = (all[program.source], all[program.line])
    placement.place(all[program.arrival], sources: sources, lines: lines, rows: rows, into: scratch.times)
    nodes.assign(program.node.map { all[$0] }, sources: sources, lines: lines, rows: rows, into: scratch.nodes)
    program.number(all, nodes: scratch.nodes, rows: rows, into: scratch.numbers)
    engine.extend(with: program.classifier.classes)
    // Later rows arrive at this one's arrival or after it, however they are placed.
    let horizon = all[program.arrival][rows - 1]
    if growth != nil {
      grow(all, rows)
      Self.run(&engine, until: horizon - TrafficGrowth.spread - 1, into: &sink)
    } else if reorders {
      for row in 0..<rows { engine.schedule(all, row: row, at: scratch.times[row]) }
      Self.run(&engine, until: horizon - 1, into: &sink)
    } else {
      Self.absorb(all, times: scratch.times, rows: rows, &engine, into: &sink)
    }
  }

  // Closures that capture the sink alone: through `self` each call would look up the type of this state at run time.

  private static func absorb(
    _ columns: ColumnPointers, times: UnsafePointer<Int64>, rows: Int, _ engine: inout ReplayEngine,
    into sink: inout Sink
  ) {
    engine.absorb(columns, times: times, rows: rows) { sink.take($0, $1) }
  }

  private static func run(_ engine: inout ReplayEngine, until time: Int64, into sink: inout Sink) {
    engine.run(until: time) { sink.take($0, $1) }
  }

  private mutating func grow(_ columns: ColumnPointers, _ rows: Int) {
    for row in 0..<rows {
      let time = scratch.times[row]
      let copies = growth?.copies(of: row, columns, at: time) ?? 1
      for copy in 0..<copies { engine.schedule(columns, row: row, at: growth?.time(of: copy, at: time) ?? time) }
    }
  }

  mutating func finish() -> Sink {
    Self.run(&engine, until: .max, into: &sink)
    return sink
  }
}

/// Buffers of one batch that live as long as the replay.
@safe
struct ReplayScratch: ~Copyable {
  /// The scan's columns, then the class, then one column of key numbers per key space.
  let pointers: UnsafeMutablePointer<UnsafePointer<Int64>>
  /// Class and key numbers, one buffer each.
  private(set) var numbers: [UnsafeMutablePointer<Int64>]
  private(set) var times: UnsafeMutablePointer<Int64>
  private(set) var nodes: UnsafeMutablePointer<Int64>
  private let columns: Int
  private var capacity = 0

  init(columns: Int, numbers count: Int) {
    self.columns = columns
    pointers = .allocate(capacity: columns + count)
    numbers = (0..<count).map { _ in .allocate(capacity: 0) }
    times = .allocate(capacity: 0)
    nodes = .allocate(capacity: 0)
  }

  deinit {
    free()
    pointers.deallocate()
  }

  private func free() {
    for buffer in numbers { buffer.deallocate() }
    times.deallocate()
    nodes.deallocate()
  }

  /// Points at the columns of a batch and makes room for its numbers.
  mutating func take(_ batch: UnsafePointer<Int64>, rows: Int) {
    if rows > capacity {
      free()
      capacity = rows
      numbers = numbers.map { _ in .allocate(capacity: rows) }
      times = .allocate(capacity: rows)
      nodes = .allocate(capacity: rows)
    }
    for index in 0..<columns { pointers[index] = batch + index * rows }
    for (index, buffer) in numbers.enumerated() { pointers[columns + index] = UnsafePointer(buffer) }
  }
}
