import Testing

extension PlantedNightsTests {
  private static let allDay = "@00:00-23:59"

  /// Nights with one thing wrong in the design, and the finding that tells it.
  static let designs: [PlantedNight] =
    [
      ("pass-through:/v1/carts" + allDay, "pass-through:GET_/v1/carts/"),
      ("pass-through:/v1/search" + allDay, "pass-through:GET_/v1/search"),
      ("gateway-logic:/v1/inventory" + allDay, "logic-in-gateway:GET_/v1/inventory/"),
      ("gateway-logic:/v1/users" + allDay, "logic-in-gateway:GET_/v1/users/"),
      ("thin-upstream:/v1/carts" + allDay, "low-value-hop:GET_/v1/carts/"),
      ("stale-endpoint:events@03:00-21:00", "stale-discovery:10.0.19.12:8080"),
      ("stale-endpoint:sessions@06:00-23:00", "stale-discovery:10.0.17.12:8080"),
      ("tight-pool:search" + allDay, "not-scaled:10.0.11.11:8080"),
      ("probe-flood" + allDay, "health-checks"),
      ("batch-clients" + allDay, "one-size-for-all-clients"),
    ].map { PlantedNight(fault: $0, expected: $1) }
    + [
      ("cache-flush@03:00-03:01", "cold-cache:flush"),
      ("uncacheable:/v1/products" + allDay, "uncacheable:GET_/v1/products"),
      ("uncacheable:/v1/suggest" + allDay, "uncacheable:GET_/v1/suggest"),
    ].map { PlantedNight(fault: $0, expected: $1, lines: 150_000, hours: 6) }
    + [
      ("slower-version:/v1/search" + allDay, "regression:GET_/v1/search"),
      ("uncacheable:/v1/suggest" + allDay, "regression:GET_/v1/suggest"),
    ].map { PlantedNight(fault: $0, expected: $1, hasDayBefore: true) }
    + [PlantedNight(expected: "not-scaled:nodes", nodes: ["gw1"])]

  @Test("with a fault of the design give its finding and no severe one of another kind", arguments: designs)
  func designed(night: PlantedNight) throws { try night.check() }
}
