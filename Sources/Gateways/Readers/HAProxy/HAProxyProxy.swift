/// A section that receives or forwards requests, with what decides about limits in it.
struct HAProxyProxy: Hashable, Sendable {
  enum Kind: String, Hashable, Sendable { case frontend, backend, listen, defaults }

  /// A `server` line.
  struct Server: Hashable, Sendable {
    var name: String
    var maxconn: Int64?
    var minconn: Int64?
    var place: ConfigurationPlace
    var summary: String
  }

  var kind: Kind
  var name: String
  var place: ConfigurationPlace
  /// nil where no `mode` says it.
  var isHTTP: Bool?
  var rules: [HAProxyRule] = []
  var servers: [Server] = []
  /// Milliseconds.
  var queueTimeout: Int64?
  var connectTimeout: Int64?
  /// Of `default-server`.
  var serverDefaults = Server(name: "", place: ConfigurationPlace(file: "", line: 0), summary: "")

  var receives: Bool { kind != .backend && isHTTP != false }
  var forwards: Bool { kind != .frontend && isHTTP != false && !servers.isEmpty }
}
