import Gateways
import Traffic

/// Tells which rules apply to a request, by the names that the model's conditions look at.
///
/// Conditions are evaluated once per combination of names; after that a request costs one table lookup.
struct TrafficClassifier {
  typealias Subject = RequestMatch.Condition.Subject

  /// What of the model applies to the requests of one class.
  struct TrafficClass {
    /// The stages that apply, in order, each with the numbers of its rules in the model.
    var stages: [(joining: LimitStage.Joining, rules: [Int])]
  }

  private(set) var classes: [TrafficClass] = []
  private let model: GatewayModel
  private let subjects: [(subject: Subject, column: Int)]
  private let text: @Sendable (Subject, Int64) -> String?
  private var table = KeyTable()
  private var longer: [KeyTable] = []
  private var classOfKey: [Int32] = []
  private var known: [[[Int]]: Int32] = [:]

  /// - Parameters:
  ///   - subjects: what the conditions look at, and where in the replay's columns it is.
  ///   - text: the name that a value stands for.
  init(
    _ model: GatewayModel, subjects: [(subject: Subject, column: Int)],
    text: @escaping @Sendable (Subject, Int64) -> String?
  ) {
    self.model = model
    self.subjects = subjects
    self.text = text
    longer = Array(repeating: KeyTable(), count: max(0, (subjects.count - 2) / 2))
    if subjects.isEmpty { _ = classify([]) }
  }

  /// Classes of `rows` requests.
  mutating func classify(
    _ columns: ColumnPointers, rows: Int, into numbers: UnsafeMutablePointer<Int64>
  ) {
    guard !subjects.isEmpty else {
      numbers.update(repeating: 0, count: rows)
      return
    }
    for row in 0..<rows {
      let key = key(columns, row)
      if key == classOfKey.count { classOfKey.append(classify(subjects.map { columns[$0.column][row] })) }
      numbers[row] = Int64(classOfKey[key])
    }
  }

  private mutating func key(_ columns: ColumnPointers, _ row: Int) -> Int {
    func value(_ index: Int) -> Int64 { index < subjects.count ? columns[subjects[index].column][row] : 0 }
    var key = table.index(of: GroupKey(first: value(0), second: value(1), third: value(2)))
    for level in longer.indices {
      key = longer[level].index(
        of: GroupKey(first: Int64(key), second: value(level * 2 + 3), third: value(level * 2 + 4)))
    }
    return key
  }

  private mutating func classify(_ values: [Int64]) -> Int32 {
    var texts: [Subject: String] = [:]
    var template: String?
    for (index, value) in values.enumerated() where value != .absent {
      let name = text(subjects[index].subject, value)
      if subjects[index].subject == .path { template = name } else { texts[subjects[index].subject] = name }
    }
    let trafficClass = TrafficClass(stages: model.stages(for: RequestNames(template: template, names: texts)))
    let identity = trafficClass.stages.map(\.rules)
    if let number = known[identity] { return number }
    let number = Int32(classes.count)
    known[identity] = number
    classes.append(trafficClass)
    return number
  }
}
