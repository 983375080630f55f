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
    } else if let items = times ?? statuses {
      items.forEachItem { number, start, end in
        if !items.isDash(start, end) { countAttempt(number) }
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

  private mutating func readAddresses(_ list: UpstreamList) {
    list.forEachItem { number, start, end in
      if list.isAttempt(start, end) {
        countAttempt(number)
        lastAddress = LineFacts.Range(start: start, end: end)
      } else if !list.isDash(start, end) {
        groupNames += 1
      }
    }
  }

  private mutating func readStatuses(_ list: UpstreamList) {
    list.forEachItem { number, start, end in
      guard isAttempt(number), !list.isDash(start, end) else { return }
      guard let status = Numbers.unsigned(list.line, start, end), status <= 999 else {
        return failure = LineFailure(.badStatus, field: .upstreamStatus, at: start)
      }
      if firstStatus == .absent { firstStatus = status }
      if number == last { lastStatus = status }
    }
  }

  private mutating func readTimes(_ list: UpstreamList) {
    list.forEachItem { number, start, end in
      guard isAttempt(number) else { return }
      guard let time = list.time(start, end) else {
        return failure = LineFailure(.badNumber, field: .upstreamDuration, at: start)
      }
      guard time != .absent else { return }
      duration = (duration == .absent ? 0 : duration) &+ time
      if number == last { lastDuration = time }
    }
  }
}
