public import Traffic

/// How fast were a few callers in their worst second, minute, hour and day?
///
/// Seconds of the clock are counted for every caller that is asked about, so callers and days are bounded together:
/// see `most`.
public struct CallerPeaks: Question, Hashable {
  /// The most requests in one stretch of the clock, and when the first such stretch began.
  public struct Peak: Hashable, Sendable {
    public var requests: Int64
    public var from: Timestamp
  }

  public struct Row: Hashable, Sendable {
    public var caller: Int64
    /// One per `lengths`, in their order.
    public var peaks: [Peak]
  }

  public var scope: Scope
  /// The consumer or the client column.
  public var column: ScanColumn
  /// Numbers of the callers, each once.
  public var callers: [Int64]
  /// Stretches of the clock, whole seconds, from multiples of themselves since 1970 UTC.
  public var lengths: [Microseconds]

  public init(
    scope: Scope = Scope(), column: ScanColumn, callers: [Int64], lengths: [Microseconds] = usualLengths
  ) {
    for length in lengths { precondition(length.isWholeSeconds, "seconds of the clock are counted") }
    self.scope = scope
    self.column = column
    self.callers = callers
    self.lengths = lengths
  }

  public static let usualLengths: [Microseconds] = [.second, .minute, .day]

  /// How many callers may be asked about: fifty in a night, ten in a month, so that counts stay below 60 MB.
  public static func most(in span: Microseconds?) -> Int {
    let days = max(1, (span?.count ?? 0) / Microseconds.day.count)
    return max(10, min(50, 150 / Int(clamping: days)))
  }

  /// In the order of `callers`, those with requests; empty where the time stamps are too far apart.
  public func answer(from traffic: any TrafficSource) async throws -> [Row] {
    guard !callers.isEmpty else { return [] }
    let tally = try await traffic.scan(
      ScanRequest(columns: [column, .stored(.arrival)], filter: scope.filter, threads: scope.threads),
      CallerSeconds(callers))
    return zip(callers, tally.busySeconds() ?? []).compactMap { caller, seconds in
      seconds.isEmpty ? nil : row(caller, seconds.map { Peak(requests: Int64($0.requests), from: Self.start($0.second)) })
    }
  }

  /// The first and the last second of all reach beyond 64 bits.
  private static func start(_ second: Int64) -> Timestamp {
    Timestamp(microseconds: second &* Microseconds.second.count)
  }

  /// - Parameter seconds: at least one.
  private func row(_ caller: Int64, _ seconds: [Peak]) -> Row {
    let minutes = Self.stretches(of: .minute, seconds)
    let peaks = lengths.map { length in
      if length == .second { return Self.peak(seconds) }
      let parts = length.count % Microseconds.minute.count == 0 ? minutes : seconds
      return Self.peak(Self.stretches(of: length, parts))
    }
    return Row(caller: caller, peaks: peaks)
  }

  /// Adds up shorter stretches, which are in order of time.
  private static func stretches(of length: Microseconds, _ parts: [Peak]) -> [Peak] {
    var stretches: [Peak] = []
    for part in parts {
      let from = Timestamp(microseconds: part.from.microseconds.flooredMultiple(of: length.count))
      if stretches.last?.from == from {
        stretches[stretches.count - 1].requests += part.requests
      } else {
        stretches.append(Peak(requests: part.requests, from: from))
      }
    }
    return stretches
  }

  private static func peak(_ stretches: [Peak]) -> Peak {
    stretches.dropFirst().reduce(stretches[0]) { $1.requests > $0.requests ? $1 : $0 }
  }
}

extension Microseconds {
  /// A positive number of seconds without a rest.
  public var isWholeSeconds: Bool { count > 0 && count % Microseconds.second.count == 0 }
}
