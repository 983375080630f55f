import Scanning
import Traffic

/// nginx's list of one value per upstream attempt: `a, b : c`. `, ` parts servers tried in one group, ` : ` an internal
/// redirect to another group. Items may be `-`.
struct UpstreamList {
  let line: UnsafePointer<UInt8>
  let start: Int
  let end: Int

  init(_ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
    self.line = line
    self.start = start
    self.end = end
  }

  init?(_ line: UnsafePointer<UInt8>, _ range: LineFacts.Range) {
    guard range.isPresent else { return nil }
    self.init(line, range.start, range.end)
  }

  /// Calls `body` with the number, start and end of each item.
  func forEachItem(_ body: (Int, Int, Int) -> Void) {
    var index = start
    var number = 0
    while index < end {
      var itemEnd = WideScan.find(UInt8(ascii: " "), in: line, from: index, to: end)
      let next: Int
      if itemEnd > index, line[itemEnd - 1] == UInt8(ascii: ",") {
        next = itemEnd + 1
        itemEnd -= 1
      } else if itemEnd + 2 < end, line[itemEnd + 1] == UInt8(ascii: ":") {
        next = itemEnd + 3
      } else {
        next = itemEnd + 1
      }
      body(number, index, itemEnd)
      number += 1
      index = next
    }
  }

  /// Internal redirects to another group.
  var fallbacks: Int {
    var total = 0
    var index = start
    while index + 3 <= end {
      if line[index] == 32, line[index + 1] == UInt8(ascii: ":"), line[index + 2] == 32 { total += 1 }
      index += 1
    }
    return total
  }

  /// µs of all items that are no dash, `.absent` when all are; nil when an item is no number.
  func sumOfTimes() -> Int64? {
    var sum = Int64.absent
    var isValid = true
    forEachItem { _, start, end in
      guard let time = time(start, end) else {
        isValid = false
        return
      }
      if time != .absent { sum = (sum == .absent ? 0 : sum) &+ time }
    }
    return isValid ? sum : nil
  }

  /// µs of one item, `.absent` for a dash.
  func time(_ start: Int, _ end: Int) -> Int64? {
    isDash(start, end) ? .absent : Numbers.scaled(line, start, end, digits: 6)
  }

  func isDash(_ start: Int, _ end: Int) -> Bool { end - start == 1 && line[start] == UInt8(ascii: "-") }

  /// A server was tried: the item is an address, not the bare name of a group without one.
  func isAttempt(_ start: Int, _ end: Int) -> Bool {
    WideScan.find(UInt8(ascii: ":"), in: line, from: start, to: end) < end
  }
}
