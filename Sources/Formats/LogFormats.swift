/// Every named log format, by family.
///
/// A member is added in three places: its file, its line here, its vectors.
public enum LogFormats {
  /// All named formats, in the order of `formats list`.
  public static func all() -> [any LogFormat] {
    families().flatMap { $0 }
  }

  /// One line per family; each family's members live in its own file.
  static func families() -> [[any LogFormat]] {
    [
      [EnvoyText(variant: .envoy), EnvoyText(variant: .istio)],
      [HAProxyText(variant: .tcp), HAProxyText(variant: .https), HAProxyText(variant: .http), HAProxyCLF()],
      [TraefikCLF()],
      [ApplicationLoadBalancer(), ClassicLoadBalancer()],
      [GinText()],
    ]
  }

  /// The format with the name users type, or nil.
  public static func named(_ name: String) -> (any LogFormat)? {
    all().first { $0.name == name }
  }
}
