public import Formats
public import Gateways

/// What to import and how to read it.
public struct ImportOptions: Sendable {
  /// Files, directories, patterns, or `-` for standard input.
  public var inputs: [String]
  /// A known format for all inputs; nil finds one per file by its content.
  public var format: (any LogFormat)?
  /// Formats to try before the built-in ones, such as those of an nginx.conf.
  public var preferredFormats: [any LogFormat] = []
  /// Zone of time stamps that carry none, and the like.
  public var formatOptions: FormatOptions
  /// Name of the gateway node that wrote the logs, for formats that do not say.
  public var node: String?
  /// Declared routes, before learned ones.
  public var routes: RouteTable?
  /// Keep the values of query keys such as `token` and `password`.
  public var keepSecrets = false
  /// Stop at the first line that cannot be read.
  public var isStrict = false
  /// Read everything, store nothing.
  public var isDryRun = false
  /// Workers; nil is one per core.
  public var threads: Int?

  public init(inputs: [String], formatOptions: FormatOptions = FormatOptions()) {
    self.inputs = inputs
    self.formatOptions = formatOptions
  }
}
