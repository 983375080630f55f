import Gateways
import Traffic

/// A gateway model made ready to run: which columns are read, how keys are numbered, one gate per rule.
struct ReplayProgram {
  /// A rule as the engine meets it.
  struct Rule {
    /// One of the two: a rule counts arrivals or requests in progress.
    var rate: LimitGate?
    var concurrency: ConcurrencyGate?
    var space: Int
    var status: Int32
    var isDryRun: Bool
  }

  /// The sink's columns first, by its own positions.
  private(set) var columns: [ScanColumn]
  private(set) var spaces: [KeySpace] = []
  private(set) var rules: [Rule] = []
  private(set) var classifier: TrafficClassifier
  /// Positions of columns that the engine itself reads.
  let arrival: Int
  let source: Int
  let line: Int
  private(set) var service: ServiceColumns?
  private(set) var node: Int?
  /// nil: traffic as it was recorded.
  private(set) var growth: TrafficGrowth?
  /// Takes recorded retries out, and where the columns are that it reads.
  private(set) var linker: RetryLinker?
  private let linkColumns: [Int]

  /// - Parameters:
  ///   - wanted: the columns of the sink.
  ///   - text: what a value of a column stands for.
  init(
    _ model: GatewayModel, options: ReplayOptions, wanted: [ScanColumn],
    text: @escaping @Sendable (ScanColumn, Int64) -> String?
  ) {
    var list = ColumnList(wanted)
    arrival = list.position(.stored(.arrival))
    source = list.position(.source)
    line = list.position(.stored(.line))
    let subjects = model.subjects.map { (subject: $0, column: list.position($0.column)) }
    classifier = TrafficClassifier(model, subjects: subjects) { text($0.column, $1) }
    if model.rules.contains(where: \.limiter.isAboutConcurrency) { service = ServiceColumns(&list) }
    linker = options.recordedRetries.linker
    linkColumns = linker == nil ? [] : RetryLinker.columns.map { list.position($0) }
    if options.growth != 1 {
      growth = TrafficGrowth(
        options.growth, consumer: list.position(.stored(.consumer)), client: list.position(.stored(.client)))
    }
    node = Self.nodeColumn(model, options).map { list.position($0) }
    var identities: [KeySpace.Identity: Int] = [:]
    var spaceOfCounter: [Int] = []
    for counter in model.counters {
      let identity = KeySpace.Identity(key: counter.key, perNode: counter.scope == .perNode)
      if let space = identities[identity] {
        spaceOfCounter.append(space)
        continue
      }
      identities[identity] = spaces.count
      spaceOfCounter.append(spaces.count)
      spaces.append(Self.space(identity, options, &list))
    }
    rules = Self.rules(model, spaceOfCounter)
    columns = list.columns
  }

  /// Numbers the class of every request and its keys.
  /// - Parameter numbers: the class, then one per key space.
  mutating func number(
    _ columns: ColumnPointers, nodes: UnsafePointer<Int64>, rows: Int,
    into numbers: [UnsafeMutablePointer<Int64>]
  ) {
    classifier.classify(columns, rows: rows, into: numbers[0])
    if linker != nil { leaveOutRetries(columns, rows: rows, classes: numbers[0]) }
    for space in spaces.indices {
      spaces[space].number(columns, nodes: nodes, rows: rows, into: numbers[space + 1])
    }
  }

  /// Rows that are recorded retries get no class.
  private mutating func leaveOutRetries(_ columns: ColumnPointers, rows: Int, classes: UnsafeMutablePointer<Int64>) {
    let positions = linkColumns
    for row in 0..<rows where linker?.isRetry(row: row, of: { columns[positions[$0]] }) == true { classes[row] = -1 }
  }

  private static func nodeColumn(_ model: GatewayModel, _ options: ReplayOptions) -> ScanColumn? {
    switch options.nodes {
    case .recorded: model.counters.contains { $0.scope == .perNode } ? .stored(.gateway) : nil
    case .count(_, .client): .stored(.client)
    case .count: nil
    }
  }

  private static func space(
    _ identity: KeySpace.Identity, _ options: ReplayOptions, _ list: inout ColumnList
  ) -> KeySpace {
    let parts = identity.key.parts.compactMap(options.column)
    let client = identity.key.missing == .clientAddress ? list.position(.stored(.client)) : nil
    return KeySpace(
      parts: parts.map { list.position($0) }, missing: identity.key.missing, client: client, perNode: identity.perNode)
  }

  private static func rules(_ model: GatewayModel, _ spaceOfCounter: [Int]) -> [Rule] {
    var gates = GateBuilder(model.counters)
    return model.rules.map { rule in
      var made = Rule(
        space: spaceOfCounter[rule.counter], status: Int32(truncatingIfNeeded: rule.status), isDryRun: rule.isDryRun)
      switch gates.gate(for: rule) {
      case .rate(let gate): made.rate = gate
      case .concurrency(let gate): made.concurrency = gate
      }
      return made
    }
  }
}

/// Columns of a scan, each once.
struct ColumnList {
  private(set) var columns: [ScanColumn]
  init(_ columns: [ScanColumn]) { self.columns = columns }

  mutating func position(_ column: ScanColumn) -> Int {
    if let known = columns.firstIndex(of: column) { return known }
    columns.append(column)
    return columns.count - 1
  }
}

/// How long a request keeps its place once it is admitted: what was recorded, without the wait for a place.
struct ServiceColumns {
  private let duration: Int
  private let queueWait: Int
  private let upstreamDuration: Int
  private let limit: Int

  init(_ list: inout ColumnList) {
    duration = list.position(.stored(.duration))
    queueWait = list.position(.stored(.queueWait))
    upstreamDuration = list.position(.stored(.upstreamDuration))
    limit = list.position(.stored(.limit))
  }

  /// µs; 0 where the log has no duration.
  func service(_ columns: ColumnPointers, _ row: Int) -> Int64 {
    let total = columns[duration][row]
    guard total != .absent else { return 0 }
    // A delayed request's duration includes the delay, which upstream time does not.
    let upstream = columns[upstreamDuration][row]
    if columns[limit][row] == LimitVerdict.delayed.rawValue, upstream != .absent { return max(0, upstream) }
    let wait = columns[queueWait][row]
    return max(0, total - (wait == .absent ? 0 : wait))
  }
}

extension LimiterSettings {
  /// Whether it bounds requests in progress instead of arrivals.
  var isAboutConcurrency: Bool {
    switch self {
    case .concurrency, .adaptiveConcurrency: true
    default: false
    }
  }
}
