import Scanning
import Traffic

/// Decides from a sample which key gives which field: by name, then by what its values look like.
///
/// Names are compared without case and `_ - @ .`, whole paths before last names. A key gives one field at
/// most.
struct MappingInference {
  private let sample: SampleKeys
  /// Of every key of the sample.
  private let keyNames: [KeyNames]
  private var taken: Set<Int> = []
  private var rules: [KeyRule] = []

  /// The mapping of a sample, or nil when its lines can not be requests: a time, and enough that belongs to
  /// a request.
  static func mapping(
    of sample: [UnsafeBufferPointer<UInt8>], syntax: KeyedSyntax, clock: WriterClock
  ) -> FieldMapping? {
    var inference = MappingInference(SampleKeys(sample, syntax: syntax))
    guard inference.sample.lines > 0, !inference.sample.areSpans, let stamp = inference.takeTime() else {
      return nil
    }
    // In LTSV `host` is the client's, as in the Apache directive it comes from.
    if syntax == .ltsv { inference.take(.client, ["host"]) }
    for (field, names) in FieldSynonyms.table { inference.take(field, names) }
    guard inference.looksLikeRequests else { return nil }
    let basis = inference.basis(of: stamp, clock)
    return FieldMapping(rules: inference.rules, basis: basis)
  }

  private init(_ sample: SampleKeys) {
    self.sample = sample
    keyNames = sample.keys.map { KeyNames($0.path) }
  }

  private var looksLikeRequests: Bool {
    let fields = Set(rules.map(\.field))
    let names = fields.intersection([.method, .path, .requestLine])
    if fields.contains(.status) { return !names.isEmpty || fields.contains(.duration) }
    return names.count == 2 || (!names.isEmpty && fields.contains(.duration))
  }

  // MARK: Keys

  /// Maps the best key that has one of the names and values of the field's kind.
  private mutating func take(_ field: LogField, _ names: [String]) {
    guard !rules.contains(where: { $0.field == field }) else { return }
    let isDuration = Self.durations.contains(field)
    for tail in [Int.max, 2, 1] {
      for name in names {
        for (index, key) in sample.keys.enumerated() where !taken.contains(index) {
          let known = keyNames[index]
          if tail != .max, key.path.count <= tail || known.isAnswerHeader { continue }
          let isNamed = known.last(tail) == name || (isDuration && known.withoutUnit == name)
          guard isNamed, FieldCheck.suits(key.values, field, name: name) else { continue }
          taken.insert(index)
          rules.append(KeyRule(path: key.path, field, UnitInference.unit(of: key, for: field)))
          return
        }
      }
    }
  }

  /// Fields whose keys often end in a unit.
  private static let durations: Set<LogField> = [.duration, .upstreamDuration, .connect, .upstreamFirstByte]

  /// Maps the time with the finest resolution; the others serve where it is missing.
  private mutating func takeTime() -> Int? {
    var candidates: [(index: Int, score: Int)] = []
    for (index, key) in sample.keys.enumerated() {
      let (whole, last) = (keyNames[index].whole, keyNames[index].last(1))
      guard let rank = FieldSynonyms.times.firstIndex(of: whole) ?? FieldSynonyms.times.firstIndex(of: last),
        FieldCheck.areTimes(key.values)
      else { continue }
      let isFine = key.values.contains { FieldCheck.hasSubseconds($0) }
      candidates.append((index, rank + (isFine ? 0 : 100) + (key.path.count - 1) * 30))
    }
    candidates.sort { $0.score < $1.score }
    guard let best = candidates.first else { return nil }
    for (rank, candidate) in candidates.prefix(3).enumerated() {
      taken.insert(candidate.index)
      rules.append(KeyRule(path: sample.keys[candidate.index].path, .time, rank: UInt8(rank)))
    }
    return best.index
  }

  // MARK: Basis

  /// Whether the stamp is the start: by its name, by who wrote the file, else by the order of the lines.
  ///
  /// Lines are written in the order of their ends, so an end stamp never goes back. nginx has durations in
  /// seconds with three decimals and stamps the end; Apache and Varnish have µs and stamp the start.
  private func basis(of index: Int, _ clock: WriterClock) -> StampBasis {
    let name = FieldSynonyms.normalised(sample.keys[index].path.joined())
    if name.contains("start") || name.contains("begin") || name.contains("received") { return .start }
    if name.contains("end") || name == "msec" || name == "timeiso8601" || name == "timelocal" { return .end }
    if sample.keys.contains(where: \.hasApacheEscapes) { return .start }
    if let duration = rules.first(where: { $0.field == .duration }) {
      if duration.unit == .microseconds { return .start }
      let values = sample.keys.first { $0.path == duration.path }?.values ?? []
      if duration.unit == .seconds, values.allSatisfy(Self.hasThreeDecimals) { return .end }
    }
    return goesBack(sample.keys[index].values, clock) ? .start : .end
  }

  private static func hasThreeDecimals(_ value: String) -> Bool {
    guard let point = value.utf8.firstIndex(of: UInt8(ascii: ".")) else { return false }
    return value.utf8.distance(from: point, to: value.utf8.endIndex) == 4
  }

  private func goesBack(_ values: [String], _ clock: WriterClock) -> Bool {
    var latest = Int64.min
    for value in values {
      guard let stamp = FieldCheck.time(value, clock) else { continue }
      if stamp < latest { return true }
      latest = stamp
    }
    return false
  }
}
