import Scanning
import Reporting

/// `--sort COLUMN[:asc|:desc]`: orders the first table of a document that has the column.
struct TableOrder {
  private let column: String
  private let ascends: Bool?
  private let command: [String]

  init(_ text: String, command: [String]) throws(UsageError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    column = parts[0]
    self.command = command
    switch parts.count > 1 ? parts[1] : "" {
    case "": ascends = nil
    case "asc": ascends = true
    case "desc": ascends = false
    default:
      throw UsageError(
        .invalidValue(of: "--sort", value: text, expected: "COLUMN, COLUMN:asc or COLUMN:desc"), command: command)
    }
  }

  func applied(to document: Document) throws(UsageError) -> Document {
    var document = document
    for (index, block) in document.blocks.enumerated() {
      guard case .table(var table) = block else { continue }
      guard let place = place(in: table) else { continue }
      let rises = ascends ?? (table.columns[place].kind == .text)
      table.sort(by: place, rises: rises)
      document.blocks[index] = .table(table)
      return document
    }
    let known = document.tables.flatMap(\.columns).flatMap { [$0.key, $0.machineKey] }
    throw UsageError(
      .unknownColumn(column), command: command, suggestion: NearestWord.nearest(to: column, among: known))
  }

  private func place(in table: Table) -> Int? {
    table.columns.firstIndex {
      $0.key == column || $0.machineKey == column || $0.label.lowercased() == column.lowercased()
    }
  }
}
