import Scanning

/// What a reader used and what it left, gathered while it reads one configuration.
final class ConfigurationAudit {
  private(set) var used: [ConfigurationNote] = []
  private(set) var ignored: [ConfigurationNote] = []

  func use(_ setting: String, at place: ConfigurationPlace, as remark: String) {
    used.append(ConfigurationNote(place: place, setting: setting, remark: remark))
  }

  func ignore(_ setting: String, at place: ConfigurationPlace, because remark: String) {
    ignored.append(ConfigurationNote(place: place, setting: setting, remark: remark))
  }

  /// The model with the notes in file order.
  func reading(_ model: GatewayModel) -> GatewayReading {
    GatewayReading(model: model, used: used.sorted { $0.place < $1.place }, ignored: ignored.sorted { $0.place < $1.place })
  }
}
