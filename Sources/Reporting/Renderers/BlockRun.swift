import Analysis

/// Blocks as pages lay them out: statements that stand together are one list, findings are numbered.
enum BlockRun {
  case statements([Statement])
  /// A finding and its place among those beside it, from 1.
  case finding(Finding, place: Int)
  /// Any other block.
  case block(Document.Block)

  static func runs(of blocks: [Document.Block]) -> [BlockRun] {
    var runs: [BlockRun] = []
    var statements: [Statement] = []
    var findings = 0
    for block in blocks {
      if case .statement(let statement) = block {
        statements.append(statement)
        continue
      }
      if !statements.isEmpty { runs.append(.statements(statements)) }
      statements = []
      if case .finding(let finding) = block {
        findings += 1
        runs.append(.finding(finding, place: findings))
      } else {
        runs.append(.block(block))
      }
    }
    return statements.isEmpty ? runs : runs + [.statements(statements)]
  }
}
