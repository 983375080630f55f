import Scanning
import Traffic

/// What all upstream lists of one line say together.
///
/// An item is an attempt when its address is a server's; where the format has no addresses, when it is no dash.
struct UpstreamAttempts {
  private(set) var count: Int64 = 0
  /// Items with a group's name instead of a server.
  private(set) var groupNames = 0
  private(set) var fallbacks = 0
  private(set) var lastAddress = LineFacts.Range()
  private(set) var firstStatus = Int64.absent
  private(set) var lastStatus = Int64.absent
  private(set) var duration = Int64.absent
  private(set) var lastDuration = Int64.absent
  /// An item could not be read, and where it stands.
  private(set) var failure: LineFailure?

  /// Bit per item that is an attempt; beyond 64 items all are.
  private var attempts: UInt64 = 0
  private var last = -1

  init(_ line: UnsafePointer<UInt8>, _ facts: LineFacts) {
    let addresses = UpstreamList(line, facts.addresses)
    let statuses = UpstreamList(line, facts.statuses)
    let times = UpstreamList(line, facts.times)
    fallbacks = (addresses ?? statuses ?? times)?.fallbacks ?? 0
    if let addresses {
      readAddresses(addresses)
    } else if var items = times ?? statuses {
      while items.next() {
        if !items.isAbsent { countAttempt(items.number) }
      }
    }
    if let statuses { readStatuses(statuses) }
    if let times { readTimes(times) }
  }

  private mutating func countAttempt(_ number: Int) {
    count += 1
    last = number
    if number < 64 { attempts |= 1 << UInt64(number) }
  }

  private func isAttempt(_ number: Int) -> Bool { number >= 64 || attempts >> UInt64(number) & 1 != 0 }

  private mutating func readAddresses(_ addresses: UpstreamList) {
    var list = addresses
    while list.next() {
      if list.isAddress {
        countAttempt(list.number)
        lastAddress = LineFacts.Range(start: list.start, end: list.stop)
      } else if !list.isAbsent {
        groupNames += 1
      }
    }
  }

  private mutating func readStatuses(_ statuses: UpstreamList) {
    var list = statuses
    while list.next() {
      guard isAttempt(list.number), !list.isAbsent else { continue }
      guard let status = Numbers.unsigned(list.bytes, list.start, list.stop), status <= 999 else {
        failure = LineFailure(.badStatus, field: .upstreamStatus, at: list.start)
        continue
      }
      if firstStatus == .absent { firstStatus = status }
      if list.number == last { lastStatus = status }
    }
  }

  private mutating func readTimes(_ times: UpstreamList) {
    var list = times
    while list.next() {
      guard isAttempt(list.number) else { continue }
      guard let time = list.time else {
        failure = LineFailure(.badNumber, field: .upstreamDuration, at: list.start)
        continue
      }
      guard time != .absent else { continue }
      duration = (duration == .absent ? 0 : duration) &+ time
      if list.number == last { lastDuration = time }
    }
  }
}
