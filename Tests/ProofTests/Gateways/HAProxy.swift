import TestSupport

/// HAProxy with one frontend under the rules of a parameter set; its log goes to its standard output.
struct HAProxy {
  /// The stick table and the `http-request` rules, as lines of the frontend.
  var rules: [String]
  var threads = 1

  func configuration(port: UInt16) -> String {
    """
    global
        log stdout format raw local0
        nbthread \(threads)
        maxconn 1000

    defaults
        mode http
        log global
        option httplog
        timeout client 20s
        timeout connect 5s
        timeout server 20s
        timeout http-keep-alive 20s

    frontend gateway
        bind 127.0.0.1:\(port)
    \(rules.map { "    " + $0 }.joined(separator: "\n"))
        http-request return status 200 content-type text/plain string ok

    """
  }

  func run(_ schedule: Schedule, callers: [Caller], binary: String, in folder: TemporaryFolder) throws -> GatewayRun {
    let port = try Socket.freePort()
    let configuration = try folder.file("haproxy.cfg", configuration(port: port))
    let gateway = try RunningGateway(binary, ["-db", "-f", configuration], folder: folder.path, port: port)
    var driver = LoadDriver(port: port, callers: callers)
    let answers = try driver.drive(schedule)
    gateway.stop()
    return GatewayRun(configuration: configuration, log: gateway.output, logFormat: "haproxy-http", answers: answers)
  }
}
