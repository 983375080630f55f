/// How health checks call themselves: by program and by path.
enum HealthCheckNames {
  /// Parts of a user agent, exact case. Kubernetes, AWS load balancers and Route 53, Google, Azure, Consul, monitors.
  static let agents = [
    "kube-probe/", "ELB-HealthChecker", "Amazon-Route53-Health-Check-Service", "GoogleHC/", "GoogleStackdriverMonitoring",
    "Consul Health Check", "HAProxy-Health", "Envoy/HC", "Edge Health Probe", "Load Balancer Agent", "Pingdom.com_bot",
    "UptimeRobot/", "Better Uptime Bot", "Blackbox Exporter/", "Checkly/", "StatusCake",
  ]

  /// Paths without their query.
  static let paths = [
    "/health", "/healthz", "/health/live", "/health/ready", "/healthcheck", "/health-check", "/live", "/livez", "/ready",
    "/readyz", "/ping", "/_health", "/_healthz", "/-/healthy", "/-/ready", "/actuator/health",
    "/actuator/health/liveness", "/actuator/health/readiness", "/status/health", "/api/health", "/__health",
  ]

  /// The name that a user agent contains.
  static func name(inAgent agent: String) -> String? { agents.first { contains(agent, $0) } }

  /// The path that a template or route is, its query aside.
  static func path(ofTemplate template: String) -> String? {
    let path = template.prefix { $0 != "?" }
    return paths.first { $0 == path }
  }

  static func isProbe(path: String) -> Bool { self.path(ofTemplate: path) != nil }

  /// Byte by byte, as SQL's `instr` does; a user agent may be a megabyte.
  private static func contains(_ text: String, _ part: String) -> Bool {
    let (text, part) = (Array(text.utf8), Array(part.utf8))
    guard let first = part.first, text.count >= part.count else { return false }
    return (0...(text.count - part.count)).contains { start in
      text[start] == first && text[start..<(start + part.count)].elementsEqual(part)
    }
  }
}
