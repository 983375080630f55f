extension GatewayReading {
  /// The same without notes that say again what one at the same place said.
  func withoutRepeats() -> GatewayReading {
    var seen: Set<ConfigurationNote> = []
    var copy = self
    copy.used = used.filter { seen.insert($0).inserted }
    copy.ignored = ignored.filter { seen.insert($0).inserted }
    return copy
  }
}
