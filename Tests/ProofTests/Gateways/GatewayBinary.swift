import Foundation
import TestSupport

/// A gateway's program on this machine.
enum GatewayBinary: String, CaseIterable {
  case nginx, haproxy, envoy, traefik

  /// From the folder that `Tests/run.sh` installs into (`HEADROOM_GATEWAYS`, else `.build/gateways`), else from the
  /// system; nil where it is not there.
  var path: String? {
    let environment = ProcessInfo.processInfo.environment
    let installed = environment["HEADROOM_GATEWAYS"] ?? Program.packageFolder.path + "/.build/gateways"
    let system = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
    return ([installed + "/bin"] + system).map { $0 + "/" + rawValue }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  var isPresent: Bool { path != nil }
}
