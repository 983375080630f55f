/// What the command line asks for.
struct NightOptions {
  var lines = 100_000
  var seed: UInt64 = 7
  var hours = 24
  var start = NightOptions.defaultStart
  var node = "gw1"
  var layout: any LineLayout.Type = GatewayLine.self
  /// Path of the output; nil for standard output.
  var output: String?
  var isCalm = false
  var episodes: [Episode] = []

  /// What to do instead of writing a night.
  enum Listing {
    case help, logFormat, routes, consumers
  }
  var listing: Listing?

  /// 2026-11-21T00:00:00Z, a Saturday.
  static let defaultStart = CalendarTime(epoch: 1_795_219_200)

  static let help = """
    night: a seeded night of API gateway traffic, as an access log

    usage: night [--lines 100000] [--seed 7] [--hours 24] [--start 2026-11-21T00:00:00Z] [--node gw1]
                 [--format gw|combined|timed|json] [--fault FAULT]… [--calm] [-o FILE]
           night --print-log-format [--format NAME] | --print-routes | --print-consumers

    The same options give the same bytes on every machine. Nodes with the same seed serve the same world.
    A night that is not --calm has bursts of three keys at once, a scanner, a slow upstream
    (inventory, 02:00-03:00) and a deployment that fails some requests (users, 04:10-04:13).

    faults, each for a time of the day (UTC, the first one in the night):
      slow-route:PATH@03:00-04:00        requests of a route take eight times as long
      error-burst:PATH@03:00-03:10       two answers in five are 500
      hot-key:RANK@03:00-03:30           one consumer (0 is the busiest) adds half of the mean traffic
      retry-storm:UPSTREAM@03:00-03:20   two tries in five at an upstream fail, its callers come back
      missing-hour@05:00-06:00           nothing is logged

    and faults of the design:
      stale-endpoint:UPSTREAM@…          its last server is gone and still gets requests
      tight-pool:UPSTREAM@…              its times grow steeply with the load
      cache-flush@03:00-03:01            the cache is emptied, every minute of the window
      uncacheable:PATH@…                 the cache may not keep its answers
      gateway-logic:PATH@…               the gateway works 60 to 180 ms on each request
      pass-through:PATH@…                no key is checked, nothing limited, cached or retried
      thin-upstream:PATH@…               its upstream needs a millisecond, the gateway several
      probe-flood@…                      health checks are a third of the traffic
      batch-clients@…                    programs call for as many lists as all other traffic together
      slower-version:PATH@…              requests take twice as long

    """ + CallerFault.help

  /// - Throws: `UsageError` that names the option, what it was given and what it takes.
  init(_ arguments: [String]) throws(UsageError) {
    var faults: [String] = []
    var rest = arguments[...]
    while let option = rest.popFirst() {
      switch option {
      case "-h", "--help": listing = .help
      case "--print-log-format": listing = .logFormat
      case "--print-routes": listing = .routes
      case "--print-consumers": listing = .consumers
      case "--calm": isCalm = true
      case "--fault": faults.append(try Self.value(of: option, &rest))
      default: try apply(option, Self.value(of: option, &rest))
      }
    }
    for fault in faults { episodes.append(try FaultText(fault).episode(startingAt: start)) }
  }

  private static func value(
    of option: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let value = rest.popFirst() else {
      throw UsageError("\(option): a value is missing, or it is no option")
    }
    return value
  }

  private mutating func apply(_ option: String, _ value: String) throws(UsageError) {
    switch option {
    case "--lines": lines = try Self.number(value, of: option, within: 0...1_000_000_000_000)
    case "--seed": seed = UInt64(try Self.number(value, of: option, within: 0...(.max)))
    case "--hours": hours = try Self.number(value, of: option, within: 1...4_000)
    case "--node": node = value
    case "-o", "--output": output = value
    case "--start":
      guard let time = CalendarTime(value) else {
        throw UsageError("\(option) \(value): expected a time such as 2026-11-21T00:00:00Z")
      }
      start = time
    case "--format":
      guard let found = lineLayouts.first(where: { $0.name == value }) else {
        throw UsageError(
          "\(option) \(value): expected \(lineLayouts.map { $0.name }.joined(separator: ", "))")
      }
      layout = found
    default: throw UsageError("\(option): no such option; 'night --help' lists them")
    }
  }

  private static func number(
    _ text: String, of option: String, within range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "\(option) \(text): expected a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

/// The command line asks for something that is not there.
struct UsageError: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
