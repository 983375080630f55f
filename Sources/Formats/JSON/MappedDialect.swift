public import Scanning
public import Traffic

/// Lines of keys that a user or the mapper explained.
struct MappedDialect: KeyedDialect {
  let name: String
  let summary: String
  let syntax: KeyedSyntax
  let mapping: FieldMapping
  private let knowsUpstream: Bool
  private let knowsRequest: Bool

  var basis: StampBasis { mapping.basis }
  var rules: [KeyRule] { mapping.rules }

  init(_ mapping: FieldMapping, syntax: KeyedSyntax) {
    self.mapping = mapping
    knowsUpstream = mapping.knowsUpstream
    knowsRequest = mapping.rules.contains { $0.field == .method || $0.field == .requestLine }
    self.syntax = syntax
    switch syntax {
    case .logfmt: (name, summary) = ("logfmt", "key=value lines, fields by name or mapping")
    case .ltsv: (name, summary) = ("ltsv", "label:value between tabs, fields by name or mapping")
    case .json, .console:
      (name, summary) = ("json-lines", "any JSON object per line, fields by name or mapping")
    }
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    guard
      values.has(.status) || values.has(.method) || values.has(.path) || values.has(.requestLine)
        || values.has(.duration)
    else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    let shape = values.writeRequest(into: &batch)
    var evidence = values.writeUpstream(into: &batch)
    evidence.status = status ?? .absent
    evidence.request = knowsRequest ? shape : .wellFormed
    // Where the file has such a field at all, its absence in a line says that no upstream was asked.
    evidence.knowsUpstream = knowsUpstream
    evidence.bytesOut = values.integer(.bytesOut) ?? .absent
    values.writeCommon(into: &batch)
    values.writeCache(into: &batch)
    if let cache = CacheStatus(rawValue: batch.current(.cache)) {
      evidence.isServedFromCache = cache.isServedFromCache
    }
    evidence.limit = values.writeLimit(into: &batch)
    if evidence.limit == .delayed { writeDelay(into: &batch) }
    values.writeSymbol(.termination, .termination, into: &batch)
    values.writeOutcome(evidence, into: &batch)
    return nil
  }

  /// nginx's limiter delays before the upstream is asked: the difference is the wait.
  private func writeDelay(into batch: inout RequestBatch) {
    let total = batch.current(.duration)
    let upstream = batch.current(.upstreamDuration)
    if total != .absent, upstream != .absent, total > upstream { batch.set(.queueWait, total - upstream) }
  }
}

/// JSON lines read by a mapping of keys to columns.
public struct GenericJSONFormat: LogFormat {
  private var format: KeyedFormat<MappedDialect>

  public init(mapping: FieldMapping) {
    format = KeyedFormat(MappedDialect(mapping, syntax: .json), clock: mapping.clock(WriterClock()))
  }

  public var name: String { format.name }
  public var summary: String { format.summary }
  public var basis: StampBasis { format.basis }
  /// The mapping in use, to show and edit.
  public var mapping: FieldMapping { format.dialect.mapping }

  public func timed(by clock: WriterClock) -> any LogFormat {
    var copy = self
    copy.format.clock = mapping.clock(clock)
    return copy
  }

  public func parse(
    _ block: UnsafeBufferPointer<UInt8>, from position: LinePosition, into batch: inout RequestBatch
  ) -> LinePosition { format.parse(block, from: position, into: &batch) }
}

/// logfmt or LTSV lines read by a mapping of keys to columns.
public struct GenericKeyValueFormat: LogFormat {
  /// How a line's keys and values are written.
  public enum Syntax: Sendable, Hashable {
    /// `key=value key="quoted value"`
    case logfmt
    /// `label:value` between tabs.
    case ltsv
  }

  private var format: KeyedFormat<MappedDialect>

  public init(mapping: FieldMapping, syntax: Syntax) {
    let dialect = MappedDialect(mapping, syntax: syntax == .logfmt ? .logfmt : .ltsv)
    format = KeyedFormat(dialect, clock: mapping.clock(WriterClock()))
  }

  public var name: String { format.name }
  public var summary: String { format.summary }
  public var basis: StampBasis { format.basis }
  /// The mapping in use, to show and edit.
  public var mapping: FieldMapping { format.dialect.mapping }

  public func timed(by clock: WriterClock) -> any LogFormat {
    var copy = self
    copy.format.clock = mapping.clock(clock)
    return copy
  }

  public func parse(
    _ block: UnsafeBufferPointer<UInt8>, from position: LinePosition, into batch: inout RequestBatch
  ) -> LinePosition { format.parse(block, from: position, into: &batch) }
}
