import Testing

/// Whole nights, from the generator over the import to the findings.
@Suite("Planted nights") struct PlantedNightsTests {
  /// Faults of traffic, callers and limits; seeds 1 and 2 of each but the slowest.
  static let faults: [(fault: String, expected: String)] = [
    ("slow-route:/v1/search@03:00-04:00", "slow-endpoint:GET_/v1/search"),
    ("slow-route:/v1/users@12:00-12:30", "slow-endpoint:GET_/v1/users"),
    ("error-burst:/v1/products@11:00-11:30", "error-burst:/v1/products"),
    ("error-burst:/v1/search@15:00-15:20", "error-burst:/v1/search"),
    ("hot-key:0@03:00-03:30", "hot-key:ak_"),
    ("hot-key:30@22:00-23:00", "hot-key:ak_"),
    ("missing-hour@05:00-06:00", "missing-hours"),
    ("missing-hour@13:00-13:40", "missing-hours"),
    ("quota:3@18:00-00:00", "quota-exhaustion:ak_"),
    ("shared-key:2@00:00-23:59", "shared-key:ak_"),
    ("nat@00:00-23:59", "shared-key:198.19.0.7"),
    ("throttled@00:00-23:59", "throttled-baseline"),
    ("window-edge:60@12:00-13:00", "window-edge-burst:ak_"),
    ("returning:1@12:00-14:00", "retries-change-load:ak_"),
  ]

  static let nights: [PlantedNight] =
    faults.flatMap { fault in
      [1, 2].map { PlantedNight(fault: fault.fault, expected: fault.expected, seed: $0, nodes: ["gw1"]) }
    } + [
      PlantedNight(
        fault: "retry-storm:catalog@12:00-12:20", expected: "retry-storm:/v1/", seed: 1, lines: 200_000,
        nodes: ["gw1"]),
      PlantedNight(
        fault: "retry-storm:search@10:00-10:30", expected: "retry-storm:/v1/", seed: 2, lines: 200_000,
        nodes: ["gw1"]),
      PlantedNight(
        expected: "per-node-limits:", seed: 1, lines: 30_000, nodes: ["gw1", "gw2", "gw3"], configuration: nginx),
    ]

  private static let nginx = (
    name: "nginx.conf",
    text: """
      events {}
      http {
        limit_req_zone $binary_remote_addr zone=perip:10m rate=10r/s;
        server {
          listen 80;
          location / {
            limit_req zone=perip burst=20 nodelay;
            proxy_pass http://127.0.0.1:8080;
          }
        }
      }
      """
  )

  @Test("give their finding and no severe one of another kind", arguments: nights)
  func planted(night: PlantedNight) throws { try night.check() }

  @Test("give no severe finding when they are calm", arguments: 1...10)
  func calm(seed: Int) throws { try PlantedNight(seed: seed, nodes: ["gw1"]).check() }
}
