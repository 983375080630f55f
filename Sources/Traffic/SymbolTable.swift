/// Distinct byte strings numbered 0, 1, 2 … in order of first appearance.
///
/// One per symbol column of a batch (local symbols), and one for the whole store (global symbols). Texts live in
/// one arena; the table is open addressing with linear probing. `intern` of a known string allocates nothing.
@safe
public struct SymbolTable: ~Copyable {
  @usableFromInline struct Entry {
    @usableFromInline var hash: UInt64
    @usableFromInline var offset: Int
    @usableFromInline var length: Int
    @usableFromInline init(hash: UInt64, offset: Int, length: Int) {
      self.hash = hash
      self.offset = offset
      self.length = length
    }
  }

  @usableFromInline var slots: UnsafeMutablePointer<Int32>  // −1 is free
  @usableFromInline var slotMask: Int
  @usableFromInline var entries: UnsafeMutablePointer<Entry>
  @usableFromInline var entryCapacity: Int
  @usableFromInline var arena: UnsafeMutablePointer<UInt8>
  @usableFromInline var arenaCapacity: Int
  @usableFromInline var arenaCount = 0

  /// Number of distinct strings.
  public private(set) var count: Int {
    @inlinable get { _count }
    set { _count = newValue }
  }
  @usableFromInline var _count = 0

  /// Bytes of all texts together.
  public var textBytes: Int { arenaCount }

  public init() {
    slotMask = 63
    slots = .allocate(capacity: 64)
    slots.initialize(repeating: -1, count: 64)
    entryCapacity = 32
    entries = .allocate(capacity: 32)
    arenaCapacity = 1024
    arena = .allocate(capacity: 1024)
  }

  deinit {
    slots.deallocate()
    entries.deallocate()
    arena.deallocate()
  }

  /// Forgets all strings and keeps the memory, unless an unusual batch blew it up.
  public mutating func removeAll() {
    _count = 0
    arenaCount = 0
    slots.update(repeating: -1, count: slotMask + 1)
  }

  /// The number of a string, new or known.
  @inlinable @inline(__always)
  public mutating func intern(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Int {
    // Comparing with the last string first was measured and lost: mixed values make it a coin toss for the predictor.
    let hash = byteHash(bytes, length)
    var slot = Int(truncatingIfNeeded: hash) & slotMask
    while true {
      let index = Int(slots[slot])
      if index < 0 { break }
      if entries[index].hash == hash, entries[index].length == length,
        bytesEqual(arena + entries[index].offset, bytes, length)
      {
        return index
      }
      slot = (slot &+ 1) & slotMask
    }
    return insert(bytes, length, hash: hash, slot: slot)
  }

  /// The number of a known string, or nil.
  public func index(of bytes: UnsafePointer<UInt8>, _ length: Int) -> Int? {
    let hash = byteHash(bytes, length)
    var slot = Int(truncatingIfNeeded: hash) & slotMask
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if entries[index].hash == hash, entries[index].length == length,
        bytesEqual(arena + entries[index].offset, bytes, length)
      {
        return index
      }
      slot = (slot &+ 1) & slotMask
    }
    return nil
  }

  @usableFromInline @inline(never)
  mutating func insert(_ bytes: UnsafePointer<UInt8>, _ length: Int, hash: UInt64, slot: Int) -> Int {
    if _count == entryCapacity {
      let grown = UnsafeMutablePointer<Entry>.allocate(capacity: entryCapacity * 2)
      grown.moveInitialize(from: entries, count: _count)
      entries.deallocate()
      entries = grown
      entryCapacity *= 2
    }
    if arenaCount + length > arenaCapacity {
      var capacity = arenaCapacity
      while arenaCount + length > capacity { capacity *= 2 }
      let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
      grown.moveInitialize(from: arena, count: arenaCount)
      arena.deallocate()
      arena = grown
      arenaCapacity = capacity
    }
    (arena + arenaCount).update(from: bytes, count: length)
    (entries + _count).initialize(to: Entry(hash: hash, offset: arenaCount, length: length))
    arenaCount += length
    slots[slot] = Int32(truncatingIfNeeded: _count)
    _count += 1
    if _count * 2 > slotMask { growSlots() }
    return _count - 1
  }

  private mutating func growSlots() {
    let capacity = (slotMask + 1) * 4
    slots.deallocate()
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: -1, count: capacity)
    slotMask = capacity - 1
    for index in 0..<_count {
      var slot = Int(truncatingIfNeeded: entries[index].hash) & slotMask
      while slots[slot] >= 0 { slot = (slot + 1) & slotMask }
      slots[slot] = Int32(truncatingIfNeeded: index)
    }
  }

  /// Calls `body` with the bytes of string `index`; the buffer is valid only inside.
  @inlinable
  public func withBytes<R>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    precondition(index >= 0 && index < _count, "a symbol number comes from this table")
    let entry = entries[index]
    return try body(UnsafeBufferPointer(start: arena + entry.offset, count: entry.length))
  }

  /// The text of string `index`; bytes that are not UTF-8 show as U+FFFD.
  public func text(of index: Int) -> String {
    withBytes(of: index) { String(decoding: $0, as: UTF8.self) }
  }
}

extension SymbolTable {
  /// The number of a text, new or known. For set-up and tests; parsers intern bytes.
  public mutating func intern(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { bytes in
      guard let base = bytes.baseAddress else {
        let empty: [UInt8] = [0]
        return empty.withUnsafeBufferPointer { intern($0.baseAddress!, 0) }
      }
      return intern(base, bytes.count)
    }
  }
}
