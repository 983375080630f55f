import Gateways
import Traffic

/// Which keys a counter keeps: a list from the most to the least recently used, by key number.
///
/// A new key first takes the places of up to two keys that have been idle for long enough and are drained; when all
/// places are taken the key not used for longest goes, whatever its state.
/// - Source: nginx, `ngx_http_limit_req_expire`; without idle time a plain LRU (Envoy's descriptors).
final class KeyRecency {
  private struct Entry: BitwiseCopyable {
    var newer: Int32
    var older: Int32
    /// µs
    var lastUse: Int64
  }

  /// Ends of the list and its length, in memory of their own so that a use costs no check of a class property.
  private struct Ends: BitwiseCopyable {
    var newest: Int32 = -1
    var oldest: Int32 = -1
    var count = 0
  }

  private let limit: Int
  private let idle: Int64
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity = 64
  private let ends: UnsafeMutablePointer<Ends>
  private static let unlisted: Int32 = -2

  init(_ capacity: KeyCapacity) {
    limit = max(1, capacity.keys)
    idle = capacity.idle?.count ?? .max
    entries = .allocate(capacity: self.capacity)
    entries.initialize(repeating: Entry(newer: Self.unlisted, older: Self.unlisted, lastUse: 0), count: self.capacity)
    ends = .allocate(capacity: 1)
    ends.initialize(to: Ends())
  }

  deinit {
    entries.deallocate()
    ends.deallocate()
  }

  /// Puts a key that is listed in front; says of any other that it is new.
  @inline(__always)
  func isNew(_ key: Int, at time: Int64) -> Bool {
    if key >= capacity { grow(to: key + 1) }
    let entry = entries + key
    guard entry.pointee.newer != Self.unlisted else { return true }
    entry.pointee.lastUse = time
    guard ends.pointee.newest != Int32(truncatingIfNeeded: key) else { return false }
    unlink(key)
    putInFront(key)
    return false
  }

  /// Lists a key that is new.
  func append(_ key: Int, at time: Int64) {
    entries[key].lastUse = time
    ends.pointee.count += 1
    putInFront(key)
  }

  /// Makes room for a key that is new.
  func makeRoom(at time: Int64, mayForget: (Int) -> Bool, forget: (Int) -> Void) {
    for _ in 0..<2 {
      let oldest = Int(ends.pointee.oldest)
      guard oldest >= 0, time - entries[oldest].lastUse >= idle, mayForget(oldest) else { break }
      forget(removeOldest())
    }
    if ends.pointee.count == limit { forget(removeOldest()) }
  }

  private func removeOldest() -> Int {
    let last = Int(ends.pointee.oldest)
    unlink(last)
    entries[last].newer = Self.unlisted
    ends.pointee.count -= 1
    return last
  }

  @inline(__always)
  private func putInFront(_ key: Int) {
    let key32 = Int32(truncatingIfNeeded: key)
    let newest = ends.pointee.newest
    entries[key].newer = -1
    entries[key].older = newest
    if newest >= 0 { entries[Int(newest)].newer = key32 }
    ends.pointee.newest = key32
    if ends.pointee.oldest < 0 { ends.pointee.oldest = key32 }
  }

  @inline(__always)
  private func unlink(_ key: Int) {
    let (before, after) = (entries[key].newer, entries[key].older)
    if before >= 0 { entries[Int(before)].older = after } else { ends.pointee.newest = after }
    if after >= 0 { entries[Int(after)].newer = before } else { ends.pointee.oldest = before }
  }

  private func grow(to wanted: Int) {
    let larger = max(wanted, capacity * 2)
    let next = UnsafeMutablePointer<Entry>.allocate(capacity: larger)
    next.update(from: entries, count: capacity)
    let unlisted = Entry(newer: Self.unlisted, older: Self.unlisted, lastUse: 0)
    (next + capacity).initialize(repeating: unlisted, count: larger - capacity)
    entries.deallocate()
    entries = next
    capacity = larger
  }
}
