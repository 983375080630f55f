import TestSupport

/// Traefik with one middleware in front of its own ping service.
struct Traefik {
  /// The middleware's settings, as lines under its name.
  var middleware: String

  /// What it starts with: where it listens and logs.
  func installation(port: UInt16, folder: String) -> String {
    """
    global: {checkNewVersion: false, sendAnonymousUsage: false}
    entryPoints:
      gateway: {address: "127.0.0.1:\(port)"}
    ping: {manualRouting: true}
    providers:
      file: {filename: \(folder)/dynamic.yml, watch: false}
    accessLog:
      filePath: \(folder)/access.log
      format: json
      addInternals: true
      fields:
        headers:
          names: {X-Api-Key: keep}

    """
  }

  /// The routers and middlewares, which a replay reads.
  var configuration: String {
    """
    http:
      routers:
        everything:
          rule: PathPrefix(`/`)
          entryPoints: [gateway]
          middlewares: [limit]
          service: ping@internal
      middlewares:
        limit:
    \(middleware.split(separator: "\n").map { "      " + $0 }.joined(separator: "\n"))

    """
  }

  func run(_ schedule: Schedule, callers: [Caller], binary: String, in folder: TemporaryFolder) throws -> GatewayRun {
    let port = try Socket.freePort()
    let dynamic = try folder.file("dynamic.yml", configuration)
    let installation = try folder.file("traefik.yml", installation(port: port, folder: folder.path))
    let gateway = try RunningGateway(binary, ["--configFile=" + installation], folder: folder.path, port: port)
    try waitForRoutes(port)
    var driver = LoadDriver(port: port, callers: callers)
    let answers = try driver.drive(schedule)
    gateway.stop()
    return GatewayRun(
      configuration: dynamic, log: folder.path + "/access.log", logFormat: "traefik-json", answers: answers)
  }

  /// It listens before it has read its routes, and answers 404 until then.
  private func waitForRoutes(_ port: UInt16) throws {
    let question = Schedule(requests: [Schedule.Request(moment: 0, caller: 0)])
    for _ in 0..<50 {
      var driver = LoadDriver(port: port, callers: [Caller(address: 1, key: "probe")])
      driver.path = { _ in "/ready" }
      if try driver.drive(question).first?.status == 200 { return }
    }
  }
}
