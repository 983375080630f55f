import Traffic

/// "Traffic × g" as more users, not busier ones: whole sessions come g times, a little earlier or later.
///
/// A session is what one caller does without a pause of more than half an hour. With u ∈ [0, 1) drawn for it, it is kept
/// when g < 1 and u < g; else it is kept and copied ⌊g⌋ − 1 times, and once more when u < g − ⌊g⌋. Each copy is shifted as a
/// whole by up to 30 s either way. Requests at g are among those at any larger g, so that answers for several factors
/// differ by the growth and not by chance. Time is not compressed and no request comes twice at one instant.
struct TrafficGrowth {
  static let longestPause: Int64 = 1_800_000_000
  static let spread: Int64 = 30_000_000

  private struct Session {
    var last: Int64
    var random: CounterRandom
  }

  private let factor: Double
  private let consumer: Int
  private let client: Int
  private var table = KeyTable()
  private var sessions: [Session] = []
  /// The first arrival of all; nothing is shifted before it.
  private var start: Int64?
  private var current = CounterRandom(seed: 0, entity: 0)

  /// - Parameters:
  ///   - factor: positive.
  ///   - consumer: position of this column, as `client`.
  init(_ factor: Double, consumer: Int, client: Int) {
    self.factor = factor
    self.consumer = consumer
    self.client = client
  }

  /// How often the next request in order of arrival comes; 0 when its session is left out.
  mutating func copies(of row: Int, _ columns: ColumnPointers, at time: Int64) -> Int {
    start = min(start ?? time, time)
    let name = columns[consumer][row]
    let key = name != .absent ? GroupKey(first: name) : GroupKey(first: columns[client][row], second: 1)
    let caller = table.index(of: key)
    let begins = caller == sessions.count || time - sessions[caller].last > Self.longestPause
    if begins {
      let entity = ArrivalPlacement.hash(key.first, key.second &+ time, 0)
      let session = Session(last: time, random: CounterRandom(seed: 2, entity: entity))
      if caller == sessions.count { sessions.append(session) } else { sessions[caller] = session }
    }
    sessions[caller].last = time
    current = sessions[caller].random
    let whole = factor.rounded(.down)
    return Int(whole) + (current.uniform(.growth, 0) < factor - whole ? 1 : 0)
  }

  /// When copy number `copy` of the request just asked about comes; 0 is the request itself.
  func time(of copy: Int, at time: Int64) -> Int64 {
    guard copy > 0, let start else { return time }
    let shift = current.integer(upTo: 2 * Self.spread, .growth, UInt64(copy)) - Self.spread
    return time + shift < start ? time - shift : time + shift
  }
}
