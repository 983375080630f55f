/// How the world behaves in the current minute: what is slow and what fails.
struct Conditions {
  /// Octaves added to the upstream latency, by route.
  var slowness: [Double]
  /// Answers per million that are 500 on top of the usual, by route.
  var errors: [Int]
  /// Failing tries per million on top of the usual, by upstream.
  var failures: [Int]
  private(set) var design = DesignConditions()

  /// What goes wrong with callers, and upstreams whose callers come back after a failure.
  var callers: [CallerFault] = []
  var storms: [Upstream] = []

  private let episodes: [Episode]
  private let routes: [Route]

  init(episodes: [Episode], routes: [Route]) {
    self.episodes = episodes
    self.routes = routes
    slowness = routes.map { _ in 0 }
    errors = routes.map { _ in 0 }
    failures = Upstream.allCases.map { _ in 0 }
  }

  /// Takes over what holds at `second`; `load` is the traffic relative to the peak and costs up to a
  /// third of an octave.
  mutating func update(at second: Int, load: Double) {
    for index in routes.indices {
      slowness[index] = load / 3
      errors[index] = 0
    }
    for index in failures.indices { failures[index] = 0 }
    callers.removeAll(keepingCapacity: true)
    storms.removeAll(keepingCapacity: true)
    design = DesignConditions()
    for episode in episodes where episode.seconds.contains(second) { apply(episode.kind) }
    for index in routes.indices {
      slowness[index] += design.slowness(of: index, to: routes[index].upstream, load: load)
    }
  }

  private mutating func apply(_ kind: Episode.Kind) {
    switch kind {
    case .slowRoute(let route): slowness[route] += 3
    case .slowUpstream(let upstream):
      for index in routes.indices where routes[index].upstream == upstream { slowness[index] += 2 }
    case .errorBurst(let route): errors[route] = 400_000
    case .failingUpstream(let upstream): failures[Int(upstream.rawValue)] = 125_000
    case .retryStorm(let upstream):
      failures[Int(upstream.rawValue)] = 400_000
      storms.append(upstream)
    case .callers(let fault): callers.append(fault)
    case .design(let fault): design.apply(fault)
    case .hotKey, .missing: break
    }
  }
}
