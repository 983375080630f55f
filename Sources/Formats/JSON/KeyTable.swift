import Scanning
import Traffic

/// Finds what a key stands for by hash, built once per format. Objects that hold no wanted key are not
/// entered.
///
/// Open addressing with linear probing, at most a quarter full, so that an unknown key costs one probe.
struct KeyTable: Sendable {
  struct Entry {
    var hash: UInt64 = 0
    var offset: Int32 = 0
    var count: Int32 = -1  // −1 is a free slot
    /// Object the key is in: 0 is the line itself.
    var parent: UInt8 = 0
    /// Number of the object below this key, 0 when no wanted key is inside.
    var child: UInt8 = 0
    /// Raw value of the field, or `noField`.
    var field: UInt8 = Entry.noField
    var unit: FieldUnit = .automatic
    var rank: UInt8 = 0
    static let noField: UInt8 = 255
  }

  /// Objects may nest this deep along a wanted key.
  static let depthLimit = 7

  private(set) var slots: [Entry]
  private(set) var names: [UInt8] = []

  init(_ rules: [KeyRule]) {
    var capacity = 64
    while capacity < rules.reduce(0, { $0 + $1.path.count }) * 4 { capacity *= 2 }
    slots = Array(repeating: Entry(), count: capacity)
    var objects: UInt8 = 0
    for rule in rules where rule.path.count <= Self.depthLimit && !rule.path.isEmpty {
      var parent: UInt8 = 0
      for name in rule.path.dropLast() {
        let slot = entry(name, in: parent)
        if slots[slot].child == 0 {
          guard objects < 254 else { return }
          objects += 1
          slots[slot].child = objects
        }
        parent = slots[slot].child
      }
      let slot = entry(rule.path[rule.path.count - 1], in: parent)
      slots[slot].field = rule.field.rawValue
      slots[slot].unit = rule.unit
      slots[slot].rank = rule.rank
    }
  }

  /// The slot of a key, new or known.
  private mutating func entry(_ name: String, in parent: UInt8) -> Int {
    let bytes = Array(name.utf8) + [0]
    let count = bytes.count - 1
    let hash = bytes.withUnsafeBufferPointer { Self.hash($0.baseAddress!, count, parent) }
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot].count >= 0 {
      let entry = slots[slot]
      let known = names[Int(entry.offset)..<Int(entry.offset + entry.count)]
      if entry.hash == hash, entry.parent == parent, known.elementsEqual(name.utf8) { return slot }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot].hash = hash
    slots[slot].offset = Int32(truncatingIfNeeded: names.count)
    slots[slot].count = Int32(truncatingIfNeeded: count)
    slots[slot].parent = parent
    names.append(contentsOf: bytes[..<count])
    return slot
  }

  @inline(__always)
  static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ parent: UInt8) -> UInt64 {
    byteHash(bytes, count) ^ (UInt64(parent) &* 0x9E37_79B9_7F4A_7C15)
  }

  func withView<R>(_ body: (KeyTableView) throws -> R) rethrows -> R {
    try slots.withUnsafeBufferPointer { slots in
      try names.withUnsafeBufferPointer { names in
        // Safe: a table always has slots; names may be empty, and then no slot is taken.
        try body(
          KeyTableView(
            slots: slots.baseAddress!, mask: slots.count - 1, names: names.baseAddress))
      }
    }
  }
}

/// A key table's memory, valid inside `withView`.
struct KeyTableView {
  let slots: UnsafePointer<KeyTable.Entry>
  let mask: Int
  let names: UnsafePointer<UInt8>?

  /// The entry of a key in an object, or nil.
  @inline(__always)
  func find(_ key: UnsafePointer<UInt8>, _ count: Int, in parent: UInt8) -> UnsafePointer<KeyTable.Entry>? {
    let hash = KeyTable.hash(key, count, parent)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots + slot
      if entry.pointee.count < 0 { return nil }
      if entry.pointee.hash == hash, Int(entry.pointee.count) == count, entry.pointee.parent == parent,
        isEqual(key, Int(entry.pointee.offset), count)
      {
        return entry
      }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  private func isEqual(_ key: UnsafePointer<UInt8>, _ offset: Int, _ count: Int) -> Bool {
    guard let names else { return count == 0 }
    let known = UnsafeRawPointer(names + offset)
    let raw = UnsafeRawPointer(key)
    var index = 0
    while index &+ 8 <= count {
      // Safe: both have `count` bytes.
      if known.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        != raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      {
        return false
      }
      index &+= 8
    }
    while index < count {
      if names[offset &+ index] != key[index] { return false }
      index &+= 1
    }
    return true
  }
}
