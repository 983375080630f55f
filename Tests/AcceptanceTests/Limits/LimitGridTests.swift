import Foundation
import TestSupport
import Testing

/// The grid of the report proved by `headroom simulate`: configurations written here, without the program's own writer.
@Suite("The report's grid of limits, proved by headroom simulate") struct LimitGridTests {
  let folder: TemporaryFolder
  let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    environment = ["HEADROOM_STORE": folder.path + "/night.db"]
    let format = try night(["--print-log-format", "--format", "gw"])
    for node in ["gw1", "gw2"] {
      let log = "\(folder.path)/\(node).log"
      _ = try night(["--lines", "12000", "--seed", "7", "--node", node, "-o", log])
      let result = try run(["import", "-q", "--log-format", format, "--node", node, log])
      try #require(result.status == 0, "\(result.errors)")
    }
  }

  private func night(_ words: [String]) throws -> String {
    let result = try Program.night.run(words, environment: [:], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  private func run(_ words: [String]) throws -> Program.Result {
    try Program.headroom.run(words, environment: environment, in: folder)
  }

  private struct Point {
    var limit: String
    var size: Int
    var rejected: Int
    var keysHit: Int
    var worst: String?
    var worstRejected: Int?
  }

  /// The points of the report, wherever its JSON has them.
  private func points(_ words: [String]) throws -> [Point] {
    let path = folder.path + "/report.json"
    let result = try run(["report", "--json", path] + words)
    try #require(result.status == 0, "\(result.errors)")
    let json = try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(fileURLWithPath: path)))
    return try #require(Self.rows(json)).map { row in
      Point(
        limit: try #require(row["limit"] as? String), size: try #require(row["size"] as? Int),
        rejected: try #require(row["rejected_part"] as? Int), keysHit: try #require(row["keys_hit"] as? Int),
        worst: row["worst_key"] as? String, worstRejected: row["worst_key_rejected"] as? Int)
    }
  }

  private static func rows(_ json: Any) -> [[String: Any]]? {
    if let object = json as? [String: Any] {
      if let rows = object["limit_grid"] as? [[String: Any]] { return rows }
      if let table = object["limit_grid"] as? [String: Any] { return table["rows"] as? [[String: Any]] }
      return object.keys.sorted().lazy.compactMap { rows(object[$0] ?? "") }.first
    }
    return (json as? [Any])?.lazy.compactMap { rows($0) }.first
  }

  private func prove(_ points: [Point], _ file: String, _ text: (Point) -> String) throws {
    #expect(points.count >= 20)
    var rejecting = 0
    for point in (0..<20).map({ points[$0 * (points.count - 1) / 19] }) {
      let path = try folder.file(file, text(point))
      let answer = try SimulationAnswer(try run(["simulate", "-c", path, "--format", "json"]))
      let total = try #require(answer.totals.first)
      #expect(total.rejected == point.rejected, "\(point)")
      #expect(total.callers_hit == point.keysHit, "\(point)")
      let hit = answer.callers.filter { $0.rejected > 0 }
      #expect(hit.map(\.rejected).max() == point.worstRejected, "\(point)")
      if let worst = point.worst { #expect(hit.first { $0.caller == worst }?.rejected == point.worstRejected) }
      rejecting += point.rejected > 0 ? 1 : 0
    }
    #expect(rejecting >= 6)
  }

  @Test("nginx: 20 of its points, each node counting for itself") func nginx() throws {
    try prove(try points([]), "nginx.conf") { point in
      """
      http {
        limit_req_zone $remote_user zone=c:10m rate=\(point.limit);
        limit_req zone=c\(point.size > 0 ? " burst=\(point.size)" : "") nodelay;
        server { location / { } }
      }

      """
    }
  }

  @Test("Kong: 20 of its points, requests without a consumer counted by their address") func kong() throws {
    func text(_ unit: String, _ limit: Int) -> String {
      """
      _format_version: "3.0"
      plugins:
      - name: rate-limiting
        config:
          \(unit): \(limit)
          policy: local
          limit_by: consumer

      """
    }
    let inForce = try folder.file("kong-now.yaml", text("minute", 60))
    try prove(try points(["-c", inForce]), "kong.yaml") { point in
      text(String(point.limit.dropFirst("per ".count)), point.size)
    }
  }
}
