public import Scanning

/// Every format made of keys and values: JSON of known programs, then whatever the mapper can explain.
///
/// A member is added in three places: its dialect's file, its line in `known`, its vectors.
public enum JSONFormats {
  /// The formats of known programs, in the order of `formats list`.
  public static var all: [any LogFormat] { known.map { $0 } }

  /// Known programs, the ones with the surest keys first.
  private static let known: [any ProbedFormat] = [
    KeyedFormat(TraefikJSON()), KeyedFormat(CaddyJSON()), KeyedFormat(CaddyJSON(console: true)),
    KeyedFormat(KongJSON()), KeyedFormat(APISIXJSON()), KeyedFormat(GoogleLoadBalancer()),
    KeyedFormat(AzureGateway(version: 2)), KeyedFormat(AzureGateway(version: 1)),
    KeyedFormat(CloudflareLogpush()), KeyedFormat(APIGatewayJSON()), KeyedFormat(EnvoyJSON()),
    KeyedFormat(EnvoyJSON(istio: true)), KeyedFormat(FastlyJSON()), KeyedFormat(HAProxyJSON()),
    KeyedFormat(TykAccessLog()),
  ]

  /// The formats a file can have by its first lines, the likeliest first: known programs whose keys at
  /// least half of the lines have, then the mapper, configured by the sample.
  /// - Parameter clock: gives what stamps leave out.
  public static func candidates(
    for sampleLines: [UnsafeBufferPointer<UInt8>], clock: WriterClock
  ) -> [any LogFormat] {
    recognised(in: sampleLines, clock: clock) + generic(for: sampleLines, clock: clock)
  }

  /// The formats of known programs whose keys at least half of the lines have.
  static func recognised(in sample: [UnsafeBufferPointer<UInt8>], clock: WriterClock) -> [any LogFormat] {
    let lines = looked(at: sample)
    guard !lines.isEmpty else { return [] }
    return known.filter { $0.isCandidate && $0.recognised(in: lines) * 2 >= lines.count }
      .map { ($0 is KeyedFormat<CaddyJSON> ? caddy($0, lines) : $0).timed(by: clock) }
  }

  /// The mapper, configured by the sample; empty where its lines are no keys and values of requests.
  static func generic(for sample: [UnsafeBufferPointer<UInt8>], clock: WriterClock) -> [any LogFormat] {
    let lines = looked(at: sample)
    return lines.isEmpty ? [] : generic(lines, clock).map { $0.timed(by: clock) }
  }

  private static func looked(at sample: [UnsafeBufferPointer<UInt8>]) -> [UnsafeBufferPointer<UInt8>] {
    Array(sample.lazy.filter { $0.count > 0 }.prefix(200))
  }

  /// The mapper for what the lines look like.
  private static func generic(_ lines: [UnsafeBufferPointer<UInt8>], _ clock: WriterClock) -> [any LogFormat] {
    func mapping(_ syntax: KeyedSyntax) -> FieldMapping? {
      MappingInference.mapping(of: lines, syntax: syntax, clock: clock)
    }
    func share(_ isLike: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
      lines.count(where: isLike) * 2 >= lines.count
    }
    if share({ $0[0] == UInt8(ascii: "{") }) {
      return mapping(.json).map { [GenericJSONFormat(mapping: $0)] } ?? []
    }
    if share({ isPairs($0, .tabs, atLeast: 3) }) {
      return mapping(.ltsv).map { [GenericKeyValueFormat(mapping: $0, syntax: .ltsv)] } ?? []
    }
    if share({ isPairs($0, .blanks, atLeast: 4) }) {
      return mapping(.logfmt).map { [GenericKeyValueFormat(mapping: $0, syntax: .logfmt)] } ?? []
    }
    return []
  }

  /// Whether most of a line is pairs: it begins with one and has some.
  private static func isPairs(
    _ line: UnsafeBufferPointer<UInt8>, _ separator: KeyValuePairs.Separator, atLeast count: Int
  ) -> Bool {
    guard let base = line.baseAddress else { return false }
    var pairs = KeyValuePairs(base, line.count, separator)
    var found = 0
    while pairs.next() {
      if found == 0, pairs.keyStart != 0 || pairs.keyEnd == 0 || !isName(base, pairs.keyEnd) { return false }
      found += 1
    }
    return found >= count
  }

  private static func isName(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    (0..<count).allSatisfy { index in
      let letter = bytes[index] | 0x20
      return (letter >= 97 && letter <= 122) || (bytes[index] >= 48 && bytes[index] <= 57)
        || bytes[index] == 95
        || bytes[index] == 45 || bytes[index] == 46
    }
  }

  /// Caddy can be told to write durations as nanoseconds: then they are huge.
  private static func caddy(_ format: any LogFormat, _ lines: [UnsafeBufferPointer<UInt8>]) -> any LogFormat {
    guard format.name == "caddy-json" else { return format }
    let keys = SampleKeys(Array(lines.prefix(50)), syntax: .json).keys
    let durations = keys.first { $0.path == ["duration"] }?.values.compactMap(Double.init) ?? []
    let isHuge = !durations.isEmpty && durations.allSatisfy { $0 == 0 || $0 > 10_000 }
    return isHuge && durations.contains { $0 > 0 } ? KeyedFormat(CaddyJSON(durationUnit: .nanoseconds)) : format
  }
}

/// A format that knows its own lines.
protocol ProbedFormat: LogFormat {
  /// How many lines are this program's for certain.
  func recognised(in lines: [UnsafeBufferPointer<UInt8>]) -> Int
  /// Offered by detection; a second name for the same keys is not.
  var isCandidate: Bool { get }
}

extension KeyedFormat: ProbedFormat {
  var isCandidate: Bool { name != "istio-json" }
}
