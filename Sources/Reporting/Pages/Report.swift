public import Analysis
public import Gateways
public import Simulation
public import Traffic

/// Everything that the pages of one report are made from.
public struct Report: Sendable {
  /// A configuration the traffic is replayed against.
  public struct Configuration: Sendable {
    /// The file as given.
    public var name: String
    public var reading: GatewayReading
    public var options: ReplayOptions

    public init(name: String, reading: GatewayReading, options: ReplayOptions) {
      self.name = name
      self.reading = reading
      self.options = options
    }
  }

  public var night: Night
  /// The period it is compared with.
  public var earlier: Night?
  /// Ranked; without the muted ones.
  public var findings: [Finding]
  public var muted: [MutedFinding]
  /// Mutes that ended: their findings are told again.
  public var expiredMutes: [Mute]
  /// The first is the baseline: the one in force.
  public var configurations: [Configuration]
  public var objective: Objective
  /// What the last calibration said about what-ifs, where the store knows.
  public var trust: String?

  public init(
    night: Night, earlier: Night? = nil, findings: [Finding] = [], muted: [MutedFinding] = [],
    expiredMutes: [Mute] = [], configurations: [Configuration] = [], objective: Objective = Objective(), trust: String? = nil
  ) {
    self.night = night
    self.earlier = earlier
    self.findings = findings
    self.muted = muted
    self.expiredMutes = expiredMutes
    self.configurations = configurations
    self.objective = objective
    self.trust = trust
  }

  /// The whole report.
  /// - Parameter judged: this report with its findings, where they are looked for while its pages are made.
  public func document(
    title: String, judged: (@Sendable () async throws -> Report)? = nil
  ) async throws -> Document {
    let work = night.announced {
      await expectQuestions()
      return try await ReportPages.sections(of: self, judged: judged ?? { self })
    }
    // Whoever wants the report leaves the asking to it.
    Night.endAnnouncement()
    let sections = try await work()
    return Document(name: "report", title: title, blocks: sections.map(Document.Block.section))
  }
}

/// What users were promised.
public struct Objective: Hashable, Sendable {
  /// Requests slower than this are late; also the T of apdex.
  public var latency: Microseconds
  /// Share of requests that must not be late, in millionths.
  public var punctual: Int64
  /// Share of requests that must not fail, in millionths.
  public var available: Int64

  public init(latency: Microseconds = Microseconds(500_000), punctual: Int64 = 990_000, available: Int64 = 999_000) {
    self.latency = latency
    self.punctual = punctual
    self.available = available
  }
}

/// A finding that somebody asked not to be told for a while.
public struct MutedFinding: Hashable, Sendable {
  public var finding: Finding
  public var until: Timestamp
  public var reason: String

  public init(finding: Finding, until: Timestamp, reason: String) {
    self.finding = finding
    self.until = until
    self.reason = reason
  }

  public init(_ pair: Muting.Pair) {
    self.init(finding: pair.finding, until: pair.mute.until, reason: pair.mute.reason)
  }
}
