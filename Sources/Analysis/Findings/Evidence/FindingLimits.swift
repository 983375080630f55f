/// How much one rule may say.
enum FindingLimits {
  /// Findings of one kind: the night does not get ten of a kind.
  static let perKind = 3

  /// The ones that touch most; severe ones first.
  static func strongest(_ findings: [Finding]) -> [Finding] {
    Array(
      findings.sorted { a, b in
        if a.severity != b.severity { return a.severity > b.severity }
        let (left, right) = (a.impact * a.confidence, b.impact * b.confidence)
        return left != right ? left > right : a.id < b.id
      }.prefix(perKind))
  }
}
