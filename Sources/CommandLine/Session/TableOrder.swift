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
    if order(&document.blocks) { return document }
    let known = document.tables.flatMap(\.columns).flatMap { [$0.key, $0.machineKey] }
    throw UsageError(
      .unknownColumn(column), command: command, suggestion: NearestWord.nearest(to: column, among: known))
  }

  /// Orders the first table that has the column, in sections too; false where there is none.
  private func order(_ blocks: inout [Document.Block]) -> Bool {
    for index in blocks.indices {
      switch blocks[index] {
      case .table(var table):
        guard let place = place(in: table) else { continue }
        table.sort(by: place, rises: ascends ?? (table.columns[place].kind == .text))
        blocks[index] = .table(table)
        return true
      case .section(var section):
        guard order(&section.blocks) else { continue }
        blocks[index] = .section(section)
        return true
      default: continue
      }
    }
    return false
  }

  private func place(in table: Table) -> Int? {
    table.columns.firstIndex {
      $0.key == column || $0.machineKey == column || $0.label.lowercased() == column.lowercased()
    }
  }
}
