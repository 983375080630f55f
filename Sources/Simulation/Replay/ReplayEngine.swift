import Gateways
import Traffic

/// Sends attempts through the rules of a gateway in the order of time.
///
/// An attempt runs through its stages at once until one delays it, makes it wait or rejects it. What happens later (a
/// delayed attempt goes on, a place gets free, a client tries again) is in the calendar and comes before any request
/// that arrives after it; at one instant what was due comes first.
///
/// Not generic over the sink: code that is generic across targets is not compiled for each, and looks types up at run
/// time.
struct ReplayEngine: ~Copyable {
  /// Takes a decision; the request is valid during the call.
  typealias Emit = (RecordedRequest, Decision) -> Void

  private let rules: [ReplayProgram.Rule]
  private let service: ServiceColumns?
  private let behaviour: RetryBehaviour?
  /// Some rows are recorded retries, which are not replayed.
  private let leavesOut: Bool
  /// Columns of source and line, which tell requests apart.
  private let identity: (source: Int, line: Int)
  private var table = StageTable()
  private var calendar = EventCalendar()
  private var slab: RequestSlab
  private let classColumn: Int
  private var verdicts: [Int64] = []

  init(_ program: ReplayProgram, clients: ClientModel) {
    rules = program.rules
    service = program.service
    behaviour = if case .retrying(let policy) = clients { RetryBehaviour(policy) } else { nil }
    leavesOut = program.linker != nil
    identity = (program.source, program.line)
    classColumn = program.columns.count
    slab = RequestSlab(width: program.columns.count + 1 + program.spaces.count)
  }

  // MARK: Requests

  /// Takes in recorded requests in the order of their times.
  /// - Parameters:
  ///   - columns: the program's columns, then the class (negative for rows that are left out), then one key number per
  ///     key space.
  ///   - times: when they arrive, µs.
  mutating func absorb(
    _ columns: ColumnPointers, times: UnsafePointer<Int64>, rows: Int, _ emit: Emit
  ) {
    if let gate = soleGate { return absorb(gate, columns, times, rows, emit) }
    for row in 0..<rows where columns[classColumn][row] >= 0 {
      let time = times[row]
      if calendar.nextTime <= time { run(until: time, emit) }
      var attempt = AttemptProgress(arrival: time)
      advance(&attempt, columns, row, place: -1, at: time, from: 0, emit)
    }
  }

  /// The gate of the only rule there is, where every request meets it and nothing happens later: then a batch is
  /// decided in one loop.
  private var soleGate: LimitGate? {
    guard rules.count == 1, table.ranges.count == 1, table.stages.count == 1, !rules[0].isDryRun,
      behaviour == nil, !leavesOut
    else { return nil }
    return rules[0].rate
  }

  private mutating func absorb(
    _ gate: LimitGate, _ columns: ColumnPointers, _ times: UnsafePointer<Int64>, _ rows: Int,
    _ emit: Emit
  ) {
    if verdicts.count < rows { verdicts = [Int64](repeating: 0, count: rows) }
    let keys = columns[classColumn + 1 + rules[0].space]
    // Safe: the buffer has a place for every row and is used inside the closure only.
    verdicts.withUnsafeMutableBufferPointer { verdicts in
      guard let delays = verdicts.baseAddress else { return }
      gate.decideAll(keys, times, rows, delays)
      let status = rules[0].status
      for row in 0..<rows {
        let verdict = Verdict(delay: delays[row])
        let decision = Decision(
          verdict: verdict, rule: verdict.delay == 0 ? -1 : 0, status: verdict.isRejected ? status : 0)
        emit(RecordedRequest(columns: columns, row: row, arrival: times[row]), decision)
      }
    }
  }

  /// Puts a request in the calendar, for times that are not in the order of arrivals; none may be before what `run` made
  /// happen.
  mutating func schedule(_ columns: ColumnPointers, row: Int, at time: Int64) {
    guard columns[classColumn][row] >= 0 else { return }
    let place = slab.store(columns, row: row, AttemptProgress(arrival: time))
    calendar.insert(Pending(step: .resume, place: place), at: time)
  }

  /// Makes everything happen that is due until an instant, that instant included.
  mutating func run(until time: Int64, _ emit: Emit) {
    while calendar.nextTime <= time, let event = calendar.removeFirst() { happen(event.pending, at: event.time, emit) }
  }

  /// Takes in traffic classes that are new.
  mutating func extend(with classes: [TrafficClassifier.TrafficClass]) {
    guard classes.count > table.ranges.count else { return }
    table.extend(with: classes) { rules[$0].concurrency != nil }
  }

  private mutating func happen(_ event: Pending, at time: Int64, _ emit: Emit) {
    switch event.step {
    case .resume:
      var attempt = slab[event.place]
      advance(&attempt, slab.columns, Int(event.place), place: event.place, at: time, from: Int(event.stage), emit)
    case .leave: leave(event, at: time, emit)
    case .giveUp: giveUp(event, at: time, emit)
    }
  }

  // MARK: One attempt

  /// Runs an attempt through the stages of its class until something stops it.
  private mutating func advance(
    _ attempt: inout AttemptProgress, _ columns: ColumnPointers, _ row: Int, place: Int32, at time: Int64,
    from first: Int, _ emit: Emit
  ) {
    let stages = table.ranges[Int(columns[classColumn][row])]
    var stage = stages.lowerBound + first
    while stage < stages.upperBound {
      let index = stage - stages.lowerBound
      stage += 1
      switch decide(table.stages[stage - 1], index, &attempt, columns, row, at: time) {
      case .goesOn: continue
      case .waits(let delay):
        attempt.delay += delay
        guard stage < stages.upperBound || attempt.held != 0 else { break }
        let kept = keep(attempt, columns, row, place)
        calendar.insert(Pending(step: .resume, stage: Int32(index + 1), place: kept), at: time &+ delay)
        return
      case .queues(let rule, let key):
        queue(keep(attempt, columns, row, place), rule, key, stage: index, at: time)
        return
      case .rejected(let rule, let status):
        end(attempt, .rejected, rule: rule, status: status, columns, row, place, at: time, emit)
        return
      }
    }
    let verdict = attempt.delay > 0 ? Verdict.delayed(attempt.delay) : .passed
    end(attempt, verdict, rule: attempt.delayingRule, status: 0, columns, row, place, at: time, emit)
  }

  private mutating func keep(
    _ attempt: AttemptProgress, _ columns: ColumnPointers, _ row: Int, _ place: Int32
  ) -> Int32 {
    guard place < 0 else {
      slab[place] = attempt
      return place
    }
    return slab.store(columns, row: row, attempt)
  }

  /// The attempt is decided: tells the sink and gives back, now or after its service, the places it holds.
  private mutating func end(
    _ attempt: AttemptProgress, _ verdict: Verdict, rule: Int32, status: Int32,
    _ columns: ColumnPointers, _ row: Int, _ place: Int32, at time: Int64, _ emit: Emit
  ) {
    let next = verdict.isRejected ? nextTime(attempt, columns, row, at: time) : nil
    let decision = Decision(
      verdict: verdict, rule: rule, dryRunRule: attempt.dryRunRule, status: status, attempt: attempt.number,
      isTriedAgain: next != nil)
    emit(RecordedRequest(columns: columns, row: row, arrival: attempt.arrival), decision)
    if attempt.held != 0 {
      let length = verdict.isRejected ? 0 : service?.service(columns, row) ?? 0
      giveBack(attempt.held, columns, row, admitted: time, at: time &+ length, wasDropped: verdict.isRejected)
    }
    if let next {
      var again = AttemptProgress(arrival: next)
      again.firstArrival = attempt.firstArrival
      again.previousWait = next &- time
      again.number = attempt.number + 1
      let kept = keep(again, columns, row, place)
      calendar.insert(Pending(step: .resume, place: kept), at: next)
    } else if place >= 0 {
      slab.release(place)
    }
  }

  /// When the client of a rejected attempt comes again; nil when it does not.
  private func nextTime(
    _ attempt: AttemptProgress, _ columns: ColumnPointers, _ row: Int, at time: Int64
  ) -> Int64? {
    guard let behaviour else { return nil }
    let request = ArrivalPlacement.hash(columns[identity.source][row], columns[identity.line][row], 0)
    return behaviour.nextAttempt(
      after: Int(attempt.number), at: time, firstAttempt: attempt.firstArrival, previousWait: attempt.previousWait,
      retryAfter: nil, random: CounterRandom(seed: 1, entity: request))
  }

  // MARK: One stage

  private enum Outcome {
    case goesOn
    case waits(Int64)
    case queues(rule: Int32, key: Int)
    case rejected(rule: Int32, status: Int32)
  }

  private mutating func decide(
    _ stage: StageTable.Stage, _ index: Int, _ attempt: inout AttemptProgress,
    _ columns: ColumnPointers, _ row: Int, at time: Int64
  ) -> Outcome {
    guard stage.count == 1 else { return decideJointly(stage, &attempt, columns, row, at: time) }
    let number = table.rules[Int(stage.first)]
    let rule = rules[Int(number)]
    let key = key(of: rule, columns, row)
    guard key >= 0 else { return withoutKey(key, number, rule, &attempt) }
    if let gate = rule.concurrency { return enter(gate, number, rule, key, index, &attempt, at: time) }
    let verdict = rule.rate?.decide(key, time) ?? .passed
    if rule.isDryRun {
      if verdict.isRejected { attempt.notes(dryRun: number) }
      return .goesOn
    }
    if verdict.isRejected { return .rejected(rule: number, status: rule.status) }
    guard verdict.isDelayed else { return .goesOn }
    attempt.notes(delay: verdict.delay, rule: number)
    return .waits(verdict.delay)
  }

  private func key(of rule: ReplayProgram.Rule, _ columns: ColumnPointers, _ row: Int) -> Int {
    Int(columns[classColumn + 1 + rule.space][row])
  }

  private func withoutKey(
    _ key: Int, _ number: Int32, _ rule: ReplayProgram.Rule, _ attempt: inout AttemptProgress
  ) -> Outcome {
    guard KeySpace.verdict(withoutKey: key).isRejected else { return .goesOn }
    guard rule.isDryRun else { return .rejected(rule: number, status: rule.status) }
    attempt.notes(dryRun: number)
    return .goesOn
  }

  /// All rules of the stage are asked; which of them are charged is the joining's business.
  private mutating func decideJointly(
    _ stage: StageTable.Stage, _ attempt: inout AttemptProgress, _ columns: ColumnPointers, _ row: Int,
    at time: Int64
  ) -> Outcome {
    let numbers = Int(stage.first)..<Int(stage.first + stage.count)
    let chargesAll = stage.joining == .everyCounts
    var worst = Verdict.passed
    var worstRule: Int32 = -1
    var status: Int32 = 0
    for position in numbers {
      let number = table.rules[position]
      let rule = rules[Int(number)]
      let key = key(of: rule, columns, row)
      var verdict = KeySpace.verdict(withoutKey: key)
      if key >= 0, let gate = rule.rate {
        verdict = chargesAll ? gate.decide(key, time) : gate.consider(key, time)
      }
      if verdict.isRejected, rule.isDryRun { attempt.notes(dryRun: number) }
      guard !rule.isDryRun || !chargesAll else { continue }
      guard !worst.isRejected, verdict.isRejected || verdict.delay > worst.delay else { continue }
      (worst, worstRule, status) = (verdict, number, rule.status)
    }
    if !chargesAll, !worst.isRejected { keepConsidered(numbers, columns, row) }
    // In dry run the whole stage only watches.
    if worstRule >= 0, rules[Int(worstRule)].isDryRun { return .goesOn }
    if worst.isRejected { return .rejected(rule: worstRule, status: status) }
    guard worst.isDelayed else { return .goesOn }
    attempt.notes(delay: worst.delay, rule: worstRule)
    return .waits(worst.delay)
  }

  private func keepConsidered(
    _ positions: Range<Int>, _ columns: ColumnPointers, _ row: Int
  ) {
    for position in positions {
      let rule = rules[Int(table.rules[position])]
      let key = key(of: rule, columns, row)
      if key >= 0 { rule.rate?.keep(key) }
    }
  }

  // MARK: Requests in progress

  private mutating func enter(
    _ gate: ConcurrencyGate, _ number: Int32, _ rule: ReplayProgram.Rule, _ key: Int, _ index: Int,
    _ attempt: inout AttemptProgress, at time: Int64
  ) -> Outcome {
    switch gate.enter(key, slab.nextPlace, time) {
    case .admitted:
      attempt.held |= 1 << UInt64(index)
      return .goesOn
    case .delayed(let delay):
      attempt.held |= 1 << UInt64(index)
      attempt.notes(delay: delay, rule: number)
      return .waits(delay)
    case .queued: return .queues(rule: number, key: key)
    case .rejected:
      guard rule.isDryRun else { return .rejected(rule: number, status: rule.status) }
      attempt.notes(dryRun: number)
      return .goesOn
    }
  }

  /// A request that waits for a place gives up when its time is over.
  private mutating func queue(_ place: Int32, _ rule: Int32, _ key: Int, stage: Int, at time: Int64) {
    slab[place].waitingSince = time
    scheduleDeadline(rule, key, stage: stage)
  }

  private mutating func scheduleDeadline(_ rule: Int32, _ key: Int, stage: Int) {
    guard let deadline = rules[Int(rule)].concurrency?.deadline(key) else { return }
    calendar.insert(
      Pending(step: .giveUp, stage: Int32(stage), rule: rule, key: Int32(key)), at: deadline)
  }

  /// Deadlines of requests that got their place before find nothing to do.
  private mutating func giveUp(_ event: Pending, at time: Int64, _ emit: Emit) {
    guard let gate = rules[Int(event.rule)].concurrency else { return }
    while let place = gate.expire(Int(event.key), time) {
      end(
        slab[place], .rejected, rule: event.rule, status: rules[Int(event.rule)].status, slab.columns, Int(place),
        place, at: time, emit)
    }
    scheduleDeadline(event.rule, Int(event.key), stage: Int(event.stage))
  }

  private mutating func giveBack(
    _ held: UInt64, _ columns: ColumnPointers, _ row: Int, admitted: Int64, at time: Int64,
    wasDropped: Bool
  ) {
    let stages = table.ranges[Int(columns[classColumn][row])]
    var bits = held
    while bits != 0 {
      let index = bits.trailingZeroBitCount
      bits &= bits - 1
      let number = table.rules[Int(table.stages[stages.lowerBound + index].first)]
      let rule = rules[Int(number)]
      let key = key(of: rule, columns, row)
      calendar.insert(
        Pending(
          step: .leave, stage: Int32(index), rule: number, key: Int32(key), started: admitted,
          inProgress: rule.concurrency?.inProgress(key) ?? 0, wasDropped: wasDropped), at: time)
    }
  }

  /// A place gets free; the request that waited longest takes it and goes on.
  private mutating func leave(_ event: Pending, at time: Int64, _ emit: Emit) {
    guard let gate = rules[Int(event.rule)].concurrency else { return }
    let departure = Departure(
      at: time, started: event.started, inProgress: event.inProgress, isDropped: event.wasDropped)
    guard let place = gate.leave(Int(event.key), departure) else { return }
    var attempt = slab[place]
    attempt.held |= 1 << UInt64(event.stage)
    let waited = time &- attempt.waitingSince
    attempt.delay += waited
    attempt.notes(delay: waited, rule: event.rule)
    advance(&attempt, slab.columns, Int(place), place: place, at: time, from: Int(event.stage) + 1, emit)
  }
}
