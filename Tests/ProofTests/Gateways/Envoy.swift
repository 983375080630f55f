import TestSupport

/// Envoy with the local rate limit of a parameter set, in front of a listener of its own that answers.
struct Envoy {
  /// The `typed_config` of the filter, and that of the route `/strict`, each without its `@type`.
  var filter: String
  var routeOverride: String?
  /// `rate_limits` of the route, for descriptors.
  var rateLimits: String?
  var threads = 1
  var path: @Sendable (Int) -> String = { "/r/\($0)" }

  static let logFormat =
    #"[%START_TIME(%s.%6f)%] "%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "%REQ(X-API-KEY)%" "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%""#
  private static let type = "type.googleapis.com/envoy.extensions.filters"

  /// Lines of YAML, moved to the right.
  private static func indented(_ text: String, _ depth: Int) -> String {
    text.split(separator: "\n").map { String(repeating: " ", count: depth) + $0 + "\n" }.joined()
  }

  private var routes: String {
    let strict = routeOverride.map {
      """
      - match: {prefix: /strict}
        name: strict
        route: {cluster: upstream}
        typed_per_filter_config:
          envoy.filters.http.local_ratelimit:
            "@type": \(Self.type).http.local_ratelimit.v3.LocalRateLimit

      """ + Self.indented($0, 6)
    }
    return """
      \(strict ?? "")- match: {prefix: /}
        name: everything
        route:
          cluster: upstream

      """ + Self.indented(rateLimits ?? "", 4)
  }

  /// A listener that answers, and the cluster that the gateway knows it by.
  private static func upstream(port: UInt16) -> String {
    """
      - name: upstream
        address: {socket_address: {address: 127.0.0.1, port_value: \(port)}}
        filter_chains:
        - filters:
          - name: envoy.filters.network.http_connection_manager
            typed_config:
              "@type": \(type).network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: upstream
              route_config:
                virtual_hosts:
                - name: all
                  domains: ["*"]
                  routes:
                  - match: {prefix: /}
                    direct_response: {status: 200, body: {inline_string: ok}}
              http_filters:
              - name: envoy.filters.http.router
                typed_config:
                  "@type": \(type).http.router.v3.Router
      clusters:
      - name: upstream
        type: STATIC
        connect_timeout: 2s
        load_assignment:
          cluster_name: upstream
          endpoints:
          - lb_endpoints:
            - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: \(port)}}}

    """
  }

  func configuration(port: UInt16, upstreamPort: UInt16, folder: String) -> String {
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
    \(Self.indented(routes, 14))          http_filters:
              - name: envoy.filters.http.local_ratelimit
                typed_config:
                  "@type": \(Self.type).http.local_ratelimit.v3.LocalRateLimit
    \(Self.indented(filter, 14))          - name: envoy.filters.http.router
                typed_config:
                  "@type": \(Self.type).http.router.v3.Router
    \(Self.upstream(port: upstreamPort))
    """
  }

  func run(_ schedule: Schedule, callers: [Caller], binary: String, in folder: TemporaryFolder) throws -> GatewayRun {
    let port = try Socket.freePort()
    let text = configuration(port: port, upstreamPort: try Socket.freePort(), folder: folder.path)
    let configuration = try folder.file("envoy.yaml", text)
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
