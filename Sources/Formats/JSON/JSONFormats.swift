public import Scanning

/// Every format made of keys and values: JSON of known programs, then whatever the mapper can explain.
///
/// A member is added in three places: its dialect's file, its line in `known`, its vectors.
public enum JSONFormats {
  /// The formats of known programs, in the order of `formats list`.
  public static var all: [any LogFormat] { known().map { $0 } }

  /// Known programs, the ones with the surest keys first.
  private static func known(caddyUnit: FieldUnit = .seconds) -> [any ProbedFormat] {
    [
      KeyedFormat(TraefikJSON()), KeyedFormat(CaddyJSON(durationUnit: caddyUnit)),
      KeyedFormat(CaddyJSON(console: true)),
      KeyedFormat(KongJSON()), KeyedFormat(APISIXJSON()), KeyedFormat(GoogleLoadBalancer()),
      KeyedFormat(AzureGateway(version: 2)), KeyedFormat(AzureGateway(version: 1)),
      KeyedFormat(CloudflareLogpush()),
      KeyedFormat(APIGatewayJSON()), KeyedFormat(EnvoyJSON()), KeyedFormat(EnvoyJSON(istio: true)),
      KeyedFormat(FastlyJSON()), KeyedFormat(HAProxyJSON()),
      KeyedFormat(TykAccessLog()),
    ]
  }

  /// The formats a file can have by its first lines, the likeliest first: known programs whose keys at
  /// least half of the lines have, then the mapper, configured by the sample.
  /// - Parameter clock: gives what stamps leave out.
  public static func candidates(
    for sampleLines: [UnsafeBufferPointer<UInt8>], clock: WriterClock
  ) -> [any LogFormat] {
    let lines = sampleLines.filter { $0.count > 0 }.prefix(200).map { $0 }
    guard !lines.isEmpty else { return [] }
    let probed = known(caddyUnit: caddyUnit(lines)).filter { format in
      format.isCandidate && lines.count(where: { format.recognises($0) }) * 2 >= lines.count
    }
    return (probed.map { $0 } + generic(lines, clock)).map { $0.timed(by: clock) }
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
  private static func caddyUnit(_ lines: [UnsafeBufferPointer<UInt8>]) -> FieldUnit {
    let keys = SampleKeys(Array(lines.prefix(50)), syntax: .json).keys
    let durations = keys.first { $0.path == ["duration"] }?.values.compactMap(Double.init) ?? []
    let isHuge = !durations.isEmpty && durations.allSatisfy { $0 == 0 || $0 > 10_000 }
    return isHuge && durations.contains { $0 > 0 } ? .nanoseconds : .seconds
  }
}

/// A format that knows its own lines.
protocol ProbedFormat: LogFormat {
  func recognises(_ line: UnsafeBufferPointer<UInt8>) -> Bool
  /// Offered by detection; a second name for the same keys is not.
  var isCandidate: Bool { get }
}

extension KeyedFormat: ProbedFormat {
  var isCandidate: Bool { name != "istio-json" }
}
