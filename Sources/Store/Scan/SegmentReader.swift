internal import Traffic

/// Reads segments for one worker: fetches and decodes only what a plan needs, into memory that is used again.
///
/// Values in slots are as stored: symbols are numbers of the segment's own dictionary until they are handed out.
@safe
struct SegmentReader: ~Copyable {
  let plan: ScanPlan
  let connection: Connection
  private var fetch: Statement
  private let decoded: UnsafeMutablePointer<Int64>
  private let outputs: UnsafeMutablePointer<Int64>
  private var selection: RowSelection
  /// Slots that hold the current segment's values, and the store numbers of their dictionaries.
  private var isDecoded: [Bool]
  private var dictionaries: [[Int64]?]
  /// Routes of the current segment's templates, by local number.
  private var routes: [Int64] = []
  /// Which addresses passed, by number of the test.
  private var addressAnswers: [Int: [Int64: Bool]] = [:]
  private var testNumber = 0
  var segment: SegmentEntry

  /// Values from one column to the next: columns a power of two apart would share the few places that a cache has for
  /// such addresses, and who reads ten of them row by row would find none.
  private static let stride = Limits.batchRows + 200

  init(_ plan: ScanPlan) throws(StoreError) {
    let connection = try Schema.openAgain(file: plan.file)
    let fetch = try connection.prepare("SELECT symbols, data FROM segment_data WHERE id = ?")
    self.plan = plan
    self.connection = connection
    self.fetch = fetch
    decoded = .allocate(capacity: max(1, plan.columns.count * Self.stride))
    outputs = .allocate(capacity: (plan.outputs.count + 1) * Self.stride)
    selection = RowSelection(capacity: Limits.batchRows)
    isDecoded = Array(repeating: false, count: plan.columns.count)
    dictionaries = Array(repeating: nil, count: plan.columns.count)
    segment = SegmentEntry(id: 0, source: 0, rows: 0, firstArrival: 0, lastArrival: 0, columns: [])
  }

  deinit {
    decoded.deallocate()
    outputs.deallocate()
  }

  // MARK: One segment

  /// Calls `body` once with the rows of a segment that pass the plan's tests, unless there are none.
  ///
  /// Also given: the stored row index of every row, nil where all rows passed.
  mutating func read(
    _ entry: SegmentEntry, arrivals: ClosedRange<Int64>? = nil,
    _ body: (borrowing ColumnBatch, UnsafePointer<UInt32>?) throws -> Void
  ) throws {
    begin(entry)
    guard try select(plan.tests, number: 0) else { return }
    if let arrivals {
      try apply(RowTest(subject: .slot(plan.arrivalSlot), rule: .within(arrivals)))
      if selection.count == 0 { return }
    }
    var pointers: [UnsafePointer<Int64>] = []
    for index in plan.outputs.indices { pointers.append(try output(index)) }
    try body(
      ColumnBatch(rows: selection.count, columns: pointers), selection.isAll ? nil : UnsafePointer(selection.indexes))
  }

  mutating func begin(_ entry: SegmentEntry) {
    segment = entry
    for slot in isDecoded.indices {
      isDecoded[slot] = false
      dictionaries[slot] = nil
    }
    routes.removeAll(keepingCapacity: true)
    selection.selectAll(entry.rows)
  }

  /// Starts over with the rows of the segment that pass `tests`; false when there are none.
  ///
  /// Equal numbers mean equal tests, of every segment.
  mutating func select(_ tests: [RowTest], number: Int) throws(StoreError) -> Bool {
    // Zone maps and dictionaries of all tests come before the first column that is decoded.
    for test in tests where try excludes(test) { return false }
    selection.selectAll(segment.rows)
    for (place, test) in tests.enumerated() {
      testNumber = number << 32 | place
      try apply(test)
      if selection.count == 0 { return false }
    }
    return true
  }

  var selectedRows: Int { selection.count }

  /// The selected rows' values of an output of the plan, until the next selection.
  mutating func column(_ output: Int) throws(StoreError) -> UnsafePointer<Int64> { try self.output(output) }

  // MARK: Fetching

  /// The segment's values of a slot, decoded on first use.
  mutating func values(_ slot: Int) throws(StoreError) -> UnsafeMutablePointer<Int64> {
    let target = decoded + slot * Self.stride
    if isDecoded[slot] { return target }
    guard let entry = segment.columns[slot] else {
      target.update(repeating: .absent, count: segment.rows)
      isDecoded[slot] = true
      return target
    }
    var reference: UnsafeMutablePointer<Int64>?
    if let column = entry.reference {
      guard let other = plan.columns.firstIndex(of: column), other != slot,
        let first = segment.columns[other], first.reference == nil
      else { throw damaged("a column refers to one that is not there") }
      reference = try values(other)
    }
    try load(slot, entry, reference, target)
    isDecoded[slot] = true
    return target
  }

  private mutating func load(
    _ slot: Int, _ entry: ColumnEntry, _ reference: UnsafeMutablePointer<Int64>?, _ target: UnsafeMutablePointer<Int64>
  ) throws(StoreError) {
    try select(slot)
    defer { fetch.reset() }
    try readDictionary(slot)
    let rows = segment.rows
    let failure: CorruptSegment? = fetch.withBlob(1) { bytes in
      do throws(CorruptSegment) {
        try SegmentCodec.decode(
          bytes, checksum: entry.checksum,
          reference: reference.map { UnsafeBufferPointer(start: $0, count: rows) },
          into: UnsafeMutableBufferPointer(start: target, count: rows))
        return nil
      } catch { return error }
    }
    if let failure { throw damaged("column \(plan.columns[slot].name): \(failure.problem)") }
  }

  private mutating func select(_ slot: Int) throws(StoreError) {
    fetch.bind(1, SegmentData.key(segment: segment.id, column: plan.columns[slot].rawValue))
    guard try fetch.step() else {
      fetch.reset()
      throw StoreError(.changedWhileReading, file: plan.file)
    }
  }

  /// The store numbers of a slot's local symbols; empty for a column without a dictionary.
  mutating func dictionary(_ slot: Int) throws(StoreError) -> [Int64] {
    if let numbers = dictionaries[slot] { return numbers }
    guard segment.columns[slot] != nil else { return [] }
    try select(slot)
    defer { fetch.reset() }
    try readDictionary(slot)
    return dictionaries[slot] ?? []
  }

  private mutating func readDictionary(_ slot: Int) throws(StoreError) {
    guard dictionaries[slot] == nil else { return }
    guard let numbers = fetch.withBlob(0, { SymbolNumbers.decode($0) }) else {
      throw damaged("symbol list of column \(plan.columns[slot].name)")
    }
    dictionaries[slot] = numbers
  }

  func damaged(_ what: String) -> StoreError {
    StoreError(.corrupt("segment \(segment.id) of source \(segment.source), \(what)"), file: plan.file)
  }

  // MARK: Testing

  /// Whether no row of the segment passes, as far as that can be told without its rows.
  private mutating func excludes(_ test: RowTest) throws(StoreError) -> Bool {
    if case .slot(let slot) = test.subject, test.excludes(segment.columns[slot]) { return true }
    return try textTest(test)?.passes.contains(true) == false
  }

  private mutating func apply(_ test: RowTest) throws(StoreError) {
    if let (slot, passes) = try textTest(test) { return keep(try values(slot), passes) }
    switch test.subject {
    case .source: return  // a segment has one source: the catalogue decided
    case .route:
      let values = try fillRoutes(decodedScratch)
      selection.keep(values, test.rule)
    case .slot(let slot):
      if test.isCertain(for: segment.columns[slot]) { return }
      if plan.columns[slot].kind == .address { return try applyToAddresses(test.rule, slot: slot) }
      selection.keep(try values(slot), test.rule)
    }
  }

  /// A test of texts as the column it reads and which of the column's local symbols pass: one look per distinct text
  /// instead of one per row. nil for other tests, and for routes that each row may name by itself.
  private mutating func textTest(_ test: RowTest) throws(StoreError) -> (slot: Int, passes: [Bool])? {
    guard case .symbol(let set, let isNegated) = test.rule else { return nil }
    switch test.subject {
    case .slot(let slot) where plan.columns[slot].kind == .symbol:
      return (slot, try dictionary(slot).map { set.contains($0) != isNegated })
    case .route where segment.columns[plan.routeNameSlot] == nil:
      return (plan.pathSlot, try templateRoutes().map { $0 != .absent && set.contains($0) != isNegated })
    default: return nil
    }
  }

  private mutating func keep(_ values: UnsafePointer<Int64>, _ passes: [Bool]) {
    passes.withUnsafeBufferPointer { passes in
      let count = UInt64(passes.count)
      selection.keep(values) { value in
        let index = UInt64(bitPattern: value)
        return index < count && passes[Int(truncatingIfNeeded: index)]
      }
    }
  }

  private mutating func applyToAddresses(_ rule: RowTest.Rule, slot: Int) throws(StoreError) {
    let values = try values(slot)
    guard case .address(let match, let isNegated) = rule else { return selection.keep(values, rule) }
    let numbers = try dictionary(slot)
    var answers = addressAnswers.removeValue(forKey: testNumber) ?? [:]
    selection.keep(values) { value in
      guard value >= 0 else { return false }
      var code = value
      if value >= ClientAddress.symbolBase {
        let index = value - ClientAddress.symbolBase
        guard index < numbers.count else { return false }
        code = ClientAddress.symbolBase + numbers[Int(index)]
      }
      if let known = answers[code] { return known != isNegated }
      let answer = match.matches(code)
      answers[code] = answer
      return answer != isNegated
    }
    addressAnswers[testNumber] = answers.count > 1_000_000 ? [:] : answers
  }

  // MARK: Handing out

  /// Somewhere to put derived values before outputs are written.
  private var decodedScratch: UnsafeMutablePointer<Int64> { outputs }

  private mutating func output(_ index: Int) throws(StoreError) -> UnsafePointer<Int64> {
    let target = outputs + index * Self.stride
    switch plan.outputs[index] {
    case .source:
      target.update(repeating: segment.source, count: selection.count)
      return UnsafePointer(target)
    case .route:
      try fillRoutes(target)
      return selected(target, target)
    case .slot(let slot): return try output(slot: slot, target)
    }
  }

  private mutating func output(
    slot: Int, _ target: UnsafeMutablePointer<Int64>
  ) throws(StoreError) -> UnsafePointer<Int64> {
    let values = try values(slot)
    switch plan.columns[slot].kind {
    case .symbol where segment.columns[slot] != nil:
      try map(selected(values, target), target, by: try dictionary(slot), base: 0)
    case .address where segment.columns[slot] != nil:
      try map(selected(values, target), target, by: try dictionary(slot), base: ClientAddress.symbolBase)
    default:
      return selected(values, target)
    }
    return UnsafePointer(target)
  }

  /// The selected rows' values: where they are, or else copied to `target`, which may be the same place, as rows only
  /// move down.
  private func selected(
    _ values: UnsafeMutablePointer<Int64>, _ target: UnsafeMutablePointer<Int64>
  ) -> UnsafePointer<Int64> {
    if selection.isAll { return UnsafePointer(values) }
    let indexes = selection.indexes
    for place in 0..<selection.count { target[place] = values[Int(indexes[place])] }
    return UnsafePointer(target)
  }

  /// Writes the store's symbols for local ones; values below `base` stay themselves.
  private func map(
    _ values: UnsafePointer<Int64>, _ target: UnsafeMutablePointer<Int64>, by numbers: [Int64], base: Int64
  ) throws(StoreError) {
    let count = selection.count
    var isValid = true
    numbers.withUnsafeBufferPointer { numbers in
      let known = UInt64(numbers.count)
      for row in 0..<count {
        let value = values[row]
        // Absent is below any base.
        if value < base {
          target[row] = value
          continue
        }
        let local = UInt64(bitPattern: value &- base)
        guard local < known else {
          isValid = false
          return
        }
        target[row] = numbers[Int(truncatingIfNeeded: local)] &+ base
      }
    }
    guard isValid else { throw damaged("a symbol beyond its list") }
  }

  // MARK: Routes

  /// Writes the route of every row of the segment: its template's, else the gateway's own name for it.
  @discardableResult
  private mutating func fillRoutes(
    _ target: UnsafeMutablePointer<Int64>
  ) throws(StoreError) -> UnsafePointer<Int64> {
    let rows = segment.rows
    let paths = try values(plan.pathSlot)
    let routes = try templateRoutes()
    let needsNames = segment.columns[plan.routeNameSlot] != nil
    let isValid = routes.withUnsafeBufferPointer { routes in
      let known = UInt64(routes.count)
      for row in 0..<rows {
        let local = UInt64(bitPattern: paths[row])
        guard local < known || paths[row] == .absent else { return false }
        target[row] = local < known ? routes[Int(truncatingIfNeeded: local)] : .absent
      }
      return true
    }
    guard isValid else { throw damaged("a template beyond its list") }
    if needsNames { try fillRouteNames(target) }
    return UnsafePointer(target)
  }

  /// The route of each of the segment's templates, by local number.
  private mutating func templateRoutes() throws(StoreError) -> [Int64] {
    if routes.isEmpty {
      let table = plan.routes
      routes = try dictionary(plan.pathSlot).map { table.route(ofTemplate: $0) }
    }
    return routes
  }

  private mutating func fillRouteNames(_ target: UnsafeMutablePointer<Int64>) throws(StoreError) {
    let names = try values(plan.routeNameSlot)
    let numbers = try dictionary(plan.routeNameSlot)
    for row in 0..<segment.rows where target[row] == .absent && names[row] != .absent {
      guard names[row] >= 0, names[row] < numbers.count else { throw damaged("a route name beyond its list") }
      target[row] = numbers[Int(names[row])]
    }
  }
}
