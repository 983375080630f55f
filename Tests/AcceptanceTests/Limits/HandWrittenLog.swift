import Foundation
import TestSupport
import Testing

/// Seventeen requests whose fate under ten a second is worked out by hand, imported into a store of their own.
///
///     key  address    path     ms after 08:00:00
///     A    192.0.2.1  /orders  0 1 2 3 4 100 150 200 1000
///     B    192.0.2.2  /prices  50 150 250 350 450
///     –    192.0.2.3  /health  10 11 12
///
/// nginx at 10 r/s takes 10 thousandths of a request off a key's excess per millisecond. With `burst=2` the excess of A
/// is 0, 990 and 1,980; then 2,970 and 2,960 are beyond 2,000, so the fourth and fifth are rejected and leave the excess
/// as it was. At 100 ms it is 1,980 − 980 + 1,000 = 2,000: passed. At 150 ms 2,500: rejected. At 200 ms 2,000: passed.
/// At 1 s it is 0. B comes every 100 ms: 0 each time. The others have no key, and an empty key is not limited.
struct HandWrittenLog {
  /// What the log's clock says.
  enum Clock { case exact, wholeSeconds }

  static let start = 1_800_000_000_000
  static let requests: [(ms: Int, key: String, address: String, path: String)] = {
    let a = [0, 1, 2, 3, 4, 100, 150, 200, 1_000].map { ($0, "A", "192.0.2.1", "/orders") }
    let b = [50, 150, 250, 350, 450].map { ($0, "B", "192.0.2.2", "/prices") }
    let none = [10, 11, 12].map { ($0, "-", "192.0.2.3", "/health") }
    return (a + b + none).sorted { ($0.0, $0.1) < ($1.0, $1.1) }
  }()

  let folder: TemporaryFolder

  init(_ clock: Clock) throws {
    folder = try TemporaryFolder()
    let lines = Self.requests.map { request in
      let stamp = Self.start + request.ms
      return switch clock {
      case .exact:
        "\(stamp / 1_000).\(String(stamp % 1_000 + 1_000).dropFirst()) \(request.address) \"\(request.key)\""
          + " \"GET \(request.path) HTTP/1.1\" 200 0.000\n"
      case .wholeSeconds:
        "\(request.address) - - [15/Jan/2027:08:00:0\(request.ms / 1_000) +0000]"
          + " \"GET \(request.path) HTTP/1.1\" 200 12 \"-\" \"curl/8\"\n"
      }
    }
    let log = try folder.file("gw.log", lines.joined())
    let format = #"$msec $remote_addr "$http_x_api_key" "$request" $status $request_time"#
    let result = try run(["import", log] + (clock == .exact ? ["--log-format", format] : []))
    try #require(result.status == 0, "\(result.errors)")
  }

  func run(_ words: [String]) throws -> Program.Result {
    try Program.headroom.run(words, environment: ["HEADROOM_STORE": folder.path + "/gateway.db"], in: folder)
  }

  /// Writes an nginx configuration of one limit on everything, and gives its path.
  func limit(_ name: String, by key: String = "$http_x_api_key", _ parameters: String) throws -> String {
    try folder.file(
      name,
      """
      http {
        limit_req_zone \(key) zone=k:1m rate=10r/s;
        server { location / { limit_req zone=k \(parameters); } }
      }

      """)
  }

  func simulate(_ words: [String]) throws -> SimulationAnswer {
    try SimulationAnswer(try run(["simulate", "--format", "json"] + words))
  }
}
