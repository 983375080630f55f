import Traffic

/// Finds the key of every row for the limits of one group.
struct QuotaKeys: Sendable {
  /// Before the columns of the key: arrival, status, limit verdict, outcome, client, gateway.
  static let fixed: [ScanColumn] = [
    .stored(.arrival), .stored(.status), .stored(.limit), .stored(.outcome), .stored(.client), .stored(.gateway),
  ]

  let key: [ScanColumn]
  let missing: QuotaLimit.Missing
  let isPerNode: Bool

  var columns: [ScanColumn] { Self.fixed + key }

  /// The key of a row; nil where the row is not counted. A part that fell back to the client address is `~` of it.
  @inline(__always)
  func key(_ row: Int, _ batch: borrowing ColumnBatch) -> GroupKey? {
    var parts = (Int64(0), Int64(0))
    for index in key.indices {
      var value = batch[Self.fixed.count + index][row]
      if value == .absent {
        switch missing {
        case .passes: return nil
        case .counts: break
        case .clientAddress:
          let client = batch[4][row]
          if client != .absent { value = ~client }
        }
      }
      if index == 0 { parts.0 = value } else { parts.1 = value }
    }
    return GroupKey(first: parts.0, second: parts.1, third: isPerNode ? batch[5][row] : .absent)
  }

  /// The parts of a key as people read them; the node last, where there is one.
  func texts(_ group: GroupKey, _ traffic: any TrafficSource) -> [String] {
    var texts = key.indices.map { text($0 == 0 ? group.first : group.second, key[$0], traffic) }
    if let node = traffic.text(group.third) { texts.append("on \(node)") }
    return texts
  }

  private func text(_ value: Int64, _ column: ScanColumn, _ traffic: any TrafficSource) -> String {
    if value == .absent { return "(none)" }
    if value < 0, missing == .clientAddress { return traffic.clientText(~value) }
    guard case .stored(let stored) = column else {
      return column == .route ? traffic.symbolText(value) ?? "?" : String(value)
    }
    switch stored.kind {
    case .symbol: return traffic.symbolText(value) ?? "?"
    case .address: return traffic.clientText(value)
    case .code:
      let names = stored.codeNames
      return names.indices.contains(Int(clamping: value)) ? names[Int(value)] : String(value)
    default: return String(value)
    }
  }
}
