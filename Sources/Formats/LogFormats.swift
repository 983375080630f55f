import Glibc
public import Scanning

/// What a user can say about a log that the log itself does not tell.
public struct FormatOptions: Hashable, Sendable {
  /// Gives the zone of stamps without one (HAProxy, gin, Caddy's console) and the year of those without (logrus).
  public var clock: WriterClock

  /// - Parameters:
  ///   - utcOffset: seconds east of UTC of the clock that wrote the log.
  ///   - lastWritten: when the log was last written, µs since 1970 UTC, which gives the year; nil is now.
  public init(utcOffset: Int = 0, lastWritten: Int64? = nil) {
    let lastWritten = lastWritten ?? Int64(time(nil)) * 1_000_000
    clock = WriterClock(utcOffset: utcOffset, lastWritten: lastWritten)
  }
}

/// Every named log format, by family.
///
/// A member is added in three places: its file, its line here, its vectors. Within a family the narrower format comes
/// first: where two read a log equally well, detection takes the first.
public enum LogFormats {
  /// All named formats, in the order of `formats list`.
  public static func all(_ options: FormatOptions = FormatOptions()) -> [any LogFormat] {
    timed(text + JSONFormats.all, options)
  }

  private static func timed(_ formats: [any LogFormat], _ options: FormatOptions) -> [any LogFormat] {
    formats.map { $0.timed(by: options.clock) }
  }

  /// Formats of lines that are not made of keys and values.
  static func text(_ options: FormatOptions) -> [any LogFormat] { timed(text, options) }

  private static var text: [any LogFormat] {
    NginxFormats.all + ApacheFormats.all + envoy + haproxy + traefik + balancers + other
  }

  static var envoy: [any LogFormat] { [EnvoyText(variant: .envoy), EnvoyText(variant: .istio)] }

  static var haproxy: [any LogFormat] {
    [HAProxyText(variant: .tcp), HAProxyText(variant: .https), HAProxyText(variant: .http), HAProxyCLF()]
  }

  static var traefik: [any LogFormat] { [TraefikCLF()] }

  static var balancers: [any LogFormat] { [ApplicationLoadBalancer(), ClassicLoadBalancer()] }

  static var other: [any LogFormat] { [GinText(), W3CText.iis, W3CText.cloudFront] }

  /// The format with the name users type, or nil.
  public static func named(_ name: String, options: FormatOptions = FormatOptions()) -> (any LogFormat)? {
    all(options).first { $0.name == name }
  }

  /// Formats for any keys and values: they are made for one file, by its first lines.
  public static let general = ["json-lines", "logfmt", "ltsv"]

  /// The same, and those that are made by the content: general formats, W3C logs with their own columns.
  /// - Parameter sample: first lines of the uncompressed content, wrappers taken off.
  public static func named(
    _ name: String, sample: [UInt8], options: FormatOptions = FormatOptions()
  ) -> (any LogFormat)? {
    if let format = W3CText(SampleLines(sample)), format.name == name { return format }
    return named(name, options: options) ?? keyed(SampleLines(sample), options).first { $0.name == name }
  }

  /// The formats of keys and values that a sample may have, the likeliest first.
  private static func keyed(_ lines: SampleLines, _ options: FormatOptions) -> [any LogFormat] {
    lines.withSpread { JSONFormats.candidates(for: $0, clock: options.clock) }
  }

  /// The names closest to one that does not exist: at most three, best first, none that is far off.
  public static func suggestions(for name: String) -> [String] {
    let wanted = Array(name.lowercased().utf8)
    let ranked = (all().map(\.name) + general).map { (name: $0, distance: closeness(wanted, Array($0.utf8))) }
      .filter { $0.distance <= max(2, wanted.count / 3) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return ranked.prefix(3).map(\.name)
  }

  /// Edits from what was typed to a name; a name that contains what was typed is one edit away.
  private static func closeness(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.count >= 3, contains(b, a) { return 1 }
    return editDistance(a, b)
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard part.count <= text.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
  }

  /// Levenshtein distance, one row at a time.
  private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let change = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
