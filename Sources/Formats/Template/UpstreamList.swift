import Scanning
import Traffic

/// nginx's list of one value per upstream attempt: `502, 200 : 200`. Commas part servers tried in one group, ` : ` an
/// internal redirect to another group. Items may be `-`.
///
/// Most values have one item; then the loop runs once.
struct UpstreamList {
  let bytes: UnsafePointer<UInt8>
  private var index: Int
  private let end: Int
  /// The current item from 0, and its bytes `[start, stop)`; -1 before the first.
  private(set) var number = -1
  private(set) var start = 0
  private(set) var stop = 0

  init(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
    self.bytes = bytes
    index = start
    self.end = end
  }

  init?(_ bytes: UnsafePointer<UInt8>, _ range: LineFacts.Range) {
    guard range.isPresent else { return nil }
    self.init(bytes, range.start, range.end)
  }

  /// Moves to the next item, trimmed; false after the last.
  mutating func next() -> Bool {
    guard index < end else { return false }
    number += 1
    start = index
    while index < end, !isSeparator(index) { index += 1 }
    stop = index
    // Past the comma, or the blank and colon.
    index += index < end && bytes[index] == UInt8(ascii: ",") ? 1 : 3
    while start < stop, bytes[start] == UInt8(ascii: " ") { start += 1 }
    while stop > start, bytes[stop - 1] == UInt8(ascii: " ") { stop -= 1 }
    return true
  }

  private func isSeparator(_ index: Int) -> Bool {
    bytes[index] == UInt8(ascii: ",") || isRedirect(index)
  }

  /// ` : ` stands here.
  private func isRedirect(_ index: Int) -> Bool {
    bytes[index] == UInt8(ascii: " ") && index + 2 < end && bytes[index + 1] == UInt8(ascii: ":")
      && bytes[index + 2] == UInt8(ascii: " ")
  }

  // MARK: The current item

  var count: Int { stop - start }
  var isAbsent: Bool { count == 0 || (count == 1 && bytes[start] == UInt8(ascii: "-")) }

  /// A server was tried: the item is an address and not the name of a group without a live server.
  var isAddress: Bool {
    WideScan.find(UInt8(ascii: ":"), in: bytes, from: start, to: stop) < stop
      || ClientAddress.parseIPv4(bytes + start, count) != nil
  }

  /// Seconds as µs, `.absent` for a dash, nil for what is no number.
  var time: Int64? { isAbsent ? .absent : Numbers.scaled(bytes, start, stop, digits: 6) }

  // MARK: What is left of the list

  /// Internal redirects to another group.
  var fallbacks: Int { (index..<max(index, end)).count(where: isRedirect) }

  /// µs of all items that are no dash, `.absent` when all are; nil when an item is no number.
  func sumOfTimes() -> Int64? {
    var list = self
    var sum = Int64.absent
    while list.next() {
      guard let time = list.time else { return nil }
      if time != .absent { sum = (sum == .absent ? 0 : sum) &+ time }
    }
    return sum
  }
}
