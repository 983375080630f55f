import TestSupport

/// Envoy with the local rate limit of a parameter set, answering by itself.
struct Envoy {
  /// The `typed_config` of the filter, and that of the route `/strict`, each without its `@type` and with lines of its own.
  var filter: String
  var routeOverride: String?
  /// `rate_limits` of the route, for descriptors.
  var rateLimits: String?
  var threads = 1
  var path: @Sendable (Int) -> String = { "/r/\($0)" }

  static let logFormat =
    #"[%START_TIME(%s.%6f)%] "%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "%REQ(X-API-KEY)%" "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%""#
  private static let type = "type.googleapis.com/envoy.extensions.filters"

  private static func indented(_ text: String, _ depth: Int) -> String {
    text.split(separator: "\n").map { String(repeating: " ", count: depth) + $0 }.joined(separator: "\n")
  }

  private var strictRoute: String {
    guard let routeOverride else { return "" }
    return """
                      - match: {prefix: /strict}
                        name: strict
                        direct_response: {status: 200, body: {inline_string: ok}}
                        typed_per_filter_config:
                          envoy.filters.http.local_ratelimit:
                            "@type": \(Self.type).http.local_ratelimit.v3.LocalRateLimit
      \(Self.indented(routeOverride, 22))

      """
  }

  func configuration(port: UInt16, folder: String) -> String {
    """
    static_resources:
      listeners:
      - name: gateway
        address: {socket_address: {address: 127.0.0.1, port_value: \(port)}}
        filter_chains:
        - filters:
          - name: envoy.filters.network.http_connection_manager
            typed_config:
              "@type": \(Self.type).network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: gateway
              access_log:
              - name: envoy.access_loggers.file
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                  path: \(folder)/access.log
                  log_format:
                    text_format_source:
                      inline_string: |
                        \(Self.logFormat)
              route_config:
                name: local
                virtual_hosts:
                - name: all
                  domains: ["*"]
                  routes:
    \(strictRoute)              - match: {prefix: /}
                    name: everything
                    direct_response: {status: 200, body: {inline_string: ok}}
    \(rateLimits.map { Self.indented($0, 16) + "\n" } ?? "")          http_filters:
              - name: envoy.filters.http.local_ratelimit
                typed_config:
                  "@type": \(Self.type).http.local_ratelimit.v3.LocalRateLimit
    \(Self.indented(filter, 14))
              - name: envoy.filters.http.router
                typed_config:
                  "@type": \(Self.type).http.router.v3.Router

    """
  }

  func run(_ schedule: Schedule, callers: [Caller], binary: String, in folder: TemporaryFolder) throws -> GatewayRun {
    let port = try Socket.freePort()
    let configuration = try folder.file("envoy.yaml", configuration(port: port, folder: folder.path))
    let gateway = try RunningGateway(
      binary,
      [
        "-c", configuration, "--concurrency", String(threads), "--disable-hot-restart", "-l", "error",
        "--file-flush-interval-msec", "200",
      ], folder: folder.path, port: port)
    var driver = LoadDriver(port: port, callers: callers)
    driver.path = path
    let answers = try driver.drive(schedule)
    gateway.stop()
    return GatewayRun(
      configuration: configuration, log: folder.path + "/access.log", logFormat: Self.logFormat, answers: answers)
  }
}
