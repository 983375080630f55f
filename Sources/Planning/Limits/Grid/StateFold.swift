internal import Gateways
internal import Traffic

/// Gathers rows run by run; runs are put together in the end.
struct StateFold: TrafficFold {
  /// Rows of some segments, with numbers of their own for states.
  struct Run: Sendable {
    var numbers = StateNumbers()
    /// Batch by batch: growing one array would copy rows again and again.
    var pieces: [Piece] = []

    /// Takes the rows of a batch that have a state.
    mutating func absorb(_ batch: borrowing ColumnBatch, _ choice: StateChoice) {
      let (rows, times, values) = (batch.rows, batch[0], batch[1])
      let hasClient = choice.missing == .clientAddress
      let clients = hasClient ? batch[2] : nil
      let nodes = choice.perNode ? batch[hasClient ? 3 : 2] : nil
      var piece = Piece()
      piece.states = [Int32](unsafeUninitializedCapacity: rows) { states, count in
        piece.arrivals = [Int64](unsafeUninitializedCapacity: rows) { arrivals, kept in
          // Every row writes the next slot of both or none, so that `kept` slots are initialized, at most `rows`.
          for row in 0..<rows {
            guard
              let state = choice.state(value: values[row], client: clients?[row] ?? 0, node: nodes?[row] ?? 0)
            else { continue }
            states.initializeElement(at: kept, to: numbers.number(of: state))
            arrivals.initializeElement(at: kept, to: times[row])
            kept &+= 1
          }
          count = kept
        }
      }
      pieces.append(piece)
    }
  }

  /// Rows of one batch.
  struct Piece: Sendable {
    var states: [Int32] = []
    var arrivals: [Int64] = []
  }

  let choice: StateChoice
  var runs: [Run] = []
  var requests: Int64 = 0
  var withoutKey: Int64 = 0
  /// Some arrival is no multiple of the tick.
  var isOffTick = false

  init(_ choice: StateChoice) { self.choice = choice }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    if runs.isEmpty { runs.append(Run()) }
    let last = runs.count - 1
    requests += Int64(batch.rows)
    for value in batch[1] where value == .absent { withoutKey &+= 1 }
    runs[last].absorb(batch, choice)
    guard choice.tick == 1_000 else { return }
    var rest: Int64 = 0
    for time in runs[last].pieces[runs[last].pieces.count - 1].arrivals { rest |= time % 1_000 }
    if rest != 0 { isOffTick = true }
  }

  /// One request at a time, already placed.
  mutating func take(value: Int64, client: Int64, node: Int64, at time: Int64) {
    if runs.isEmpty { runs.append(Run(pieces: [Piece()])) }
    requests &+= 1
    if value == .absent { withoutKey &+= 1 }
    guard let state = choice.state(value: value, client: client, node: node) else { return }
    runs[0].pieces[0].states.append(runs[0].numbers.number(of: state))
    runs[0].pieces[0].arrivals.append(time)
  }

  mutating func merge(_ later: Self) {
    runs += later.runs
    requests += later.requests
    withoutKey += later.withoutKey
    isOffTick = isOffTick || later.isOffTick
  }
}

/// Numbers states 0, 1, 2 … in order of first appearance: those of small values, such as most symbols are, by a look
/// into a table.
struct StateNumbers: Sendable {
  private static let small = 1 << 14
  private var table = KeyTable()
  /// By value, of states that are on the first one's node; −1 where none is known.
  private var bySmall: [Int32] = []
  private var node: Int64 = 0

  var keys: [GroupKey] { table.keys }

  @inline(__always)
  mutating func number(of state: GroupKey) -> Int32 {
    let value = Int(truncatingIfNeeded: state.first)
    guard state.third == 0, bySmall.indices.contains(value), state.second == node else { return find(state) }
    let known = bySmall[value]
    return known >= 0 ? known : find(state)
  }

  private mutating func find(_ state: GroupKey) -> Int32 {
    if bySmall.isEmpty {
      bySmall = [Int32](repeating: -1, count: Self.small)
      node = state.second
    }
    let number = Int32(truncatingIfNeeded: table.index(of: state))
    if state.third == 0, state.second == node, bySmall.indices.contains(Int(truncatingIfNeeded: state.first)) {
      bySmall[Int(truncatingIfNeeded: state.first)] = number
    }
    return number
  }
}
