public import Traffic

/// What kinds of program call, and how do their callers differ: calls, bytes, refusals, routes?
///
/// A caller is a consumer; requests without one are not looked at, as nobody knows how many callers they are.
public struct CallerKinds: Question, Hashable {
  public struct Row: Hashable, Sendable {
    public var kind: CallerKind
    public var requests: Int64
    /// Consumers with requests of this kind.
    public var callers: Int64
    /// Requests of the middle caller.
    public var medianCalls: Int64
    /// Requests with a limiter verdict, and those refused.
    public var judged: Int64
    public var refused: Int64
    /// Bytes sent, over requests that tell them.
    public var bytes: Int64
    public var withBytes: Int64
    public var meanBytes: Int64 { withBytes > 0 ? bytes / withBytes : 0 }
    /// Agents of this kind, sorted; at most `agentsKept`.
    public var agents: [String]
  }

  public struct Answer: Hashable, Sendable {
    /// By kind.
    public var rows: [Row]
    /// All requests, with a consumer or not.
    public var requests: Int64
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  private static let layout = CubeLayout(
    [.column(.stored(.userAgent)), .column(.stored(.consumer)), .column(.stored(.limit)), .statusClass],
    [.sum(.bytesOut)])

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    var kinds: [Int64: CallerKind] = [:]
    var groups: [CallerKind: Group] = [:]
    var requests: Int64 = 0
    for cell in try await traffic.cube(Self.layout.request(scope)).cells {
      requests += cell.requests
      let agent = Self.layout.key(.userAgent, of: cell)
      guard Self.layout.key(.consumer, of: cell) != .absent, let text = traffic.text(agent) else { continue }
      let kind = kinds[agent] ?? CallerKind(agent: text)
      kinds[agent] = kind
      groups[kind, default: Group()].add(cell, agent: text)
    }
    return Answer(
      rows: groups.map { $0.value.row($0.key) }.sorted { $0.kind.rawValue < $1.kind.rawValue }, requests: requests)
  }

  private struct Group {
    var calls: [Int64: Int64] = [:]
    var agents: Set<String> = []
    var judged: Int64 = 0
    var refused: Int64 = 0
    var bytes: Int64 = 0
    var withBytes: Int64 = 0

    mutating func add(_ cell: Cube.Cell, agent: String) {
      let limit = CallerKinds.layout.key(.limit, of: cell)
      calls[CallerKinds.layout.key(.consumer, of: cell), default: 0] += cell.requests
      agents.insert(agent)
      if limit > LimitVerdict.none.rawValue { judged += cell.requests }
      if limit == LimitVerdict.rejected.rawValue || limit == LimitVerdict.inferredRejected.rawValue {
        refused += cell.requests
      }
      let sum = CallerKinds.layout.sum(.bytesOut, of: cell)
      bytes &+= sum.total
      withBytes += sum.count
    }

    func row(_ kind: CallerKind) -> Row {
      let sorted = calls.values.sorted()
      return Row(
        kind: kind, requests: sorted.reduce(0, +), callers: Int64(sorted.count), medianCalls: sorted[(sorted.count - 1) / 2],
        judged: judged, refused: refused, bytes: bytes, withBytes: withBytes, agents: agents.sorted())
    }
  }
}

/// A family of programs, told by the user agent.
public enum CallerKind: Int, CaseIterable, Hashable, Sendable {
  case mobile = 0, browser, program, bot, other

  public var name: String {
    switch self {
    case .mobile: "mobile apps"
    case .browser: "browsers"
    case .program: "programs"
    case .bot: "bots"
    case .other: "others"
    }
  }

  /// Words in lower case, looked for in this order: a bot calls itself a browser too, an app names its library.
  private static let words: [(kind: CallerKind, words: [String])] = [
    (.bot, ["bot", "crawler", "spider", "slurp", "zgrab", "nmap", "masscan", "healthchecker", "kube-probe", "pingdom"]),
    (.mobile, ["cfnetwork", "okhttp", "dalvik", "android;", "; android", "alamofire", "(iphone; ios", "reactnative", "dart/"]),
    (
      .program,
      [
        "python", "go-http-client", "java/", "apache-httpclient", "curl/", "wget/", "axios", "node-fetch", "undici", "ruby",
        "php/", "guzzle", "libwww", "perl", "dotnet", "restsharp", "aws-sdk", "postman", "grpc-", "faraday", "httpx",
        "reqwest", "aiohttp", "rust", "sync/",
      ]
    ),
    (.browser, ["mozilla/", "opera/"]),
  ]

  /// Longer agents are cut: what they are stands at their beginning.
  private static let longest = 512

  public init(agent: String) {
    let text = agent.prefix(Self.longest).lowercased()
    // Browsers of telephones name their system as apps do.
    if text.hasPrefix("mozilla/"), !Self.words[0].words.contains(where: { Self.contains(text, $0) }) {
      self = .browser
      return
    }
    self = Self.words.first { $0.words.contains { Self.contains(text, $0) } }?.kind ?? .other
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    let (text, part) = (Array(text.utf8), Array(part.utf8))
    guard text.count >= part.count else { return false }
    return (0...(text.count - part.count)).contains { start in
      text[start] == part[0] && text[start..<(start + part.count)].elementsEqual(part)
    }
  }
}
