import Gateways
import Traffic

/// Numbers the keys of requests: what counters with the same key count by.
struct KeySpace {
  /// Key numbers of requests without a key.
  static let notLimited = -1
  static let rejected = -2

  static func verdict(withoutKey key: Int) -> Verdict { key == notLimited ? .passed : .rejected }

  /// What a space is known by, so that counters with one key share it.
  struct Identity: Hashable {
    var key: LimitKey
    var perNode: Bool
  }

  /// Positions of the parts' columns in the replay.
  private let parts: [Int]
  private let client: Int?
  private let missing: LimitKey.Missing
  private let perNode: Bool
  private var table = KeyTable()
  /// Numbers of longer keys, three values at a time.
  private var longer: [KeyTable] = []

  init(parts: [Int], missing: LimitKey.Missing, client: Int?, perNode: Bool) {
    self.parts = parts
    self.missing = missing
    self.client = client
    self.perNode = perNode
    // A single part needs no further table, nor does a key without parts.
    longer = Array(repeating: KeyTable(), count: parts.count / 2)
  }

  var count: Int { longer.last?.count ?? table.count }

  /// Numbers the keys of `rows` requests.
  mutating func number(
    _ columns: ColumnPointers, nodes: UnsafePointer<Int64>, rows: Int,
    into keys: UnsafeMutablePointer<Int64>
  ) {
    if parts.count <= 1 {
      guard !parts.isEmpty else {
        for row in 0..<rows { keys[row] = Int64(table.index(of: GroupKey(first: 0, second: perNode ? nodes[row] : 0))) }
        return
      }
      let column = columns[parts[0]]
      for row in 0..<rows {
        let value = column[row]
        let node = perNode ? nodes[row] : 0
        keys[row] =
          value != .absent || missing == .counts
          ? Int64(table.index(of: GroupKey(first: value, second: node)))
          : Int64(keyWithoutPart(columns, row, node))
      }
      return
    }
    for row in 0..<rows { keys[row] = Int64(key(columns, row, perNode ? nodes[row] : 0)) }
  }

  private mutating func key(_ columns: ColumnPointers, _ row: Int, _ node: Int64) -> Int {
    if missing != .counts, parts.contains(where: { columns[$0][row] == .absent }) {
      return keyWithoutPart(columns, row, node)
    }
    func value(_ part: Int) -> Int64 { part < parts.count ? columns[parts[part]][row] : 0 }
    var number = table.index(of: GroupKey(first: value(0), second: node, third: 0))
    for level in longer.indices {
      let key = GroupKey(first: Int64(number), second: value(level * 2 + 1), third: value(level * 2 + 2))
      number = longer[level].index(of: key)
    }
    return number
  }

  private mutating func keyWithoutPart(
    _ columns: ColumnPointers, _ row: Int, _ node: Int64
  ) -> Int {
    switch missing {
    case .passes: return Self.notLimited
    case .rejects: return Self.rejected
    case .counts, .clientAddress:
      let address = client.map { columns[$0][row] } ?? .absent
      // The third value sets addresses apart from keys of the same number.
      let number = table.index(of: GroupKey(first: address, second: node, third: 1))
      return longer.indices.reduce(number) { longer[$1].index(of: GroupKey(first: Int64($0), second: .min)) }
    }
  }
}
