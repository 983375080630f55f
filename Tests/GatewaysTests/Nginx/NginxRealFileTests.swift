import Foundation
import Gateways
import TestSupport
import Testing

@Suite(
  "nginx files of real projects",
  .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
struct NginxRealFileTests {
  private static let root = SharedFolder.root.appendingPathComponent("data/configs/nginx")

  private func reading(_ file: URL) throws -> GatewayReading {
    try NginxReader().reading(of: String(contentsOf: file, encoding: .utf8), file: file.path) { pattern in
      // The handbook's own place in the file system.
      let path = pattern.replacing(
        "/etc/nginx/", with: Self.root.appendingPathComponent("handbook/").path + "/")
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
      return [(path, text)]
    }
  }

  @Test("the handbook's configuration with all that it includes")
  func handbook() throws {
    let reading = try reading(Self.root.appendingPathComponent("handbook/nginx.conf"))
    #expect(reading.model.counters.map(\.name) == ["per_ip_10r_s"])
    // The default server only ever answers 444; the first of the other names only redirects.
    #expect(
      Nginx.cases(reading.model) == [
        "host=blkcipher.info path=/robots.txt -> per_ip_10r_s",
        "host=blkcipher.info path=/favicon.ico -> per_ip_10r_s",
        "host=blkcipher.info path~^/(blog) ->", "host=blkcipher.info path~^/(backend|api|admin) ->",
        "host=blkcipher.info -> per_ip_10r_s",
      ])
    let rule = try #require(reading.model.rules.first)
    #expect(rule.limiter == Nginx.bucket(10_000, burst: 2))
    #expect(rule.status == 429)
    #expect(rule.place.file.hasSuffix("blkcipher.info/servers.conf"))
    #expect(rule.place.line == 62)
    #expect(
      reading.ignored.contains {
        $0.setting == "include /etc/nginx/mime.types" && $0.remark == "no file was found"
      })
  }

  @Test("every other file reads, and is recognised")
  func others() throws {
    for file in SharedFolder.files(under: ["data/configs/nginx"])
    where file.lastPathComponent != "nginx.conf" && file.path.hasSuffix(".conf")
      && !file.path.contains("_server/blkcipher.info/servers")
    {
      #expect(throws: Never.self, "\(file.path)") { try reading(file) }
    }
  }
}
