internal import Traffic

extension SegmentReader {
  /// What is wrong with a segment: reads every column and compares with what the catalogue says of it.
  mutating func problems(of entry: SegmentEntry) -> [StoreProblem] {
    var problems: [StoreProblem] = []
    begin(entry)
    for slot in plan.columns.indices where entry.columns[slot] != nil {
      let place = "segment \(entry.id) of source \(entry.source), column \(plan.columns[slot].name)"
      do throws(StoreError) {
        for finding in try findings(slot) { problems.append(StoreProblem(place, finding)) }
      } catch {
        problems.append(StoreProblem(place, error.summary))
      }
    }
    do throws(StoreError) { _ = try paths(of: entry) } catch {
      problems.append(StoreProblem("segment \(entry.id) of source \(entry.source), paths", error.summary))
    }
    return problems
  }

  private mutating func findings(_ slot: Int) throws(StoreError) -> [String] {
    guard let entry = segment.columns[slot] else { return [] }
    var findings: [String] = []
    let values = UnsafeBufferPointer<Int64>(start: try values(slot), count: segment.rows)
    let extremes = Extremes(values)
    if extremes.absentCount != entry.absentCount { findings.append("the count of absent values is wrong") }
    if extremes.minimum != entry.minimum || extremes.maximum != entry.maximum {
      findings.append("the zone map is wrong")
    }
    let numbers = try dictionary(slot)
    if try symbolsChecksum(slot) != entry.symbolsChecksum { findings.append("the symbol list was changed") }
    if try hasUnknownSymbols(numbers) { findings.append("the symbol list names symbols that do not exist") }
    let base: Int64? = switch plan.columns[slot].kind {
    case .symbol: 0
    case .address: ClientAddress.symbolBase
    default: nil
    }
    if let base, extremes.maximum >= base + Int64(numbers.count), extremes.maximum >= base {
      findings.append("a value is beyond the symbol list")
    }
    return findings
  }

  private func symbolsChecksum(_ slot: Int) throws(StoreError) -> UInt64 {
    var rows = try connection.prepare("SELECT symbols FROM segment_data WHERE id = ?")
    rows.bind(1, SegmentData.key(segment: segment.id, column: plan.columns[slot].rawValue))
    guard try rows.step() else { return 0 }
    return SymbolNumbers.checksum(of: rows.bytes(0))
  }

  private func hasUnknownSymbols(_ numbers: [Int64]) throws(StoreError) -> Bool {
    var rows = try connection.prepare("SELECT 1 FROM symbol WHERE id = ?")
    for number in numbers {
      rows.bind(1, number)
      guard try rows.step() else { return true }
      rows.reset()
    }
    return false
  }
}

/// Smallest and largest present value of a column, and how many are absent.
private struct Extremes {
  var minimum = Int64.max
  var maximum = Int64.min
  var absentCount = 0

  init(_ values: UnsafeBufferPointer<Int64>) {
    for value in values {
      guard value != .absent else {
        absentCount += 1
        continue
      }
      minimum = min(minimum, value)
      maximum = max(maximum, value)
    }
  }
}
