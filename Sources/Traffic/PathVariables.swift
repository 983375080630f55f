/// The variable parts of a batch's paths, in row order, beside the template column.
///
/// A template's text says what follows it: `{int}` takes one integer, any other `{name}` one byte string. A row's
/// slots are the next `slotCount(template:)` values of `slots`.
///
///     slots:  | 812 | offset,length of "a b" | 7 | …        one Int64 each
///     text:   | a space b …                                  bytes of the string slots
@safe
public struct PathVariables: ~Copyable {
  /// Scratch of the template being built.
  @usableFromInline let template: UnsafeMutableBufferPointer<UInt8>
  @usableFromInline var templateCount = 0
  /// `PathTemplate.classes` as plain memory: a static array costs a once-check and a bounds check per byte.
  let classes: UnsafePointer<UInt8>
  let sensitiveKeys = SensitiveKeys()

  @usableFromInline var slots: UnsafeMutablePointer<Int64>
  @usableFromInline var slotCapacity: Int
  @usableFromInline var slotEnd = 0
  @usableFromInline var rowStart = 0

  @usableFromInline var texts: UnsafeMutablePointer<UInt8>
  @usableFromInline var textCapacity: Int
  @usableFromInline var textEnd = 0
  @usableFromInline var rowTextStart = 0

  /// Slots per template number: bit i of `kinds` is 1 when slot i is an integer.
  @usableFromInline var shapes: [TemplateShape] = []
  /// Shape of the template being built.
  @usableFromInline var shape = TemplateShape()

  init() {
    template = .allocate(capacity: Limits.templateBytes * 2)
    let classes = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for (byte, kind) in PathTemplate.classes.enumerated() { (classes + byte).initialize(to: kind) }
    self.classes = UnsafePointer(classes)
    slotCapacity = 4096
    slots = .allocate(capacity: slotCapacity)
    textCapacity = 1 << 16
    texts = .allocate(capacity: textCapacity)
  }

  deinit {
    template.deallocate()
    classes.deallocate()
    slots.deallocate()
    texts.deallocate()
  }

  mutating func removeAll() {
    slotEnd = 0
    rowStart = 0
    textEnd = 0
    rowTextStart = 0
    shapes.removeAll(keepingCapacity: true)
  }

  // MARK: Building one path

  /// Forgets what the current row wrote so far.
  @inlinable
  mutating func beginPath() {
    templateCount = 0
    slotEnd = rowStart
    textEnd = rowTextStart
    shape = TemplateShape()
  }

  /// Up to 96 bytes; 16 bytes of room stay behind them.
  @inlinable @inline(__always)
  mutating func appendLiteral(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    (template.baseAddress! + templateCount).update(from: bytes, count: count)
    templateCount &+= count
  }

  @inlinable @inline(__always)
  mutating func appendLiteral(_ byte: UInt8) {
    template[templateCount] = byte
    templateCount &+= 1
  }

  /// The first `count` bytes of a word; the other bytes are written behind the end and overwritten later.
  @inlinable @inline(__always)
  mutating func appendWord(_ word: UInt64, _ count: Int) {
    // Safe: the template has room for twice `Limits.templateBytes`.
    UnsafeMutableRawPointer(template.baseAddress! + templateCount)
      .storeBytes(of: word.littleEndian, as: UInt64.self)
    templateCount &+= count
  }

  @inlinable @inline(__always)
  mutating func appendName(_ name: StaticString) {
    appendLiteral(name.utf8Start, name.utf8CodeUnitCount)
  }

  @inlinable @inline(__always)
  mutating func appendInteger(_ value: Int64) {
    appendWord(0x7D_746E_697B, 5)  // {int}
    if slotEnd == slotCapacity { growSlots() }
    slots[slotEnd] = value
    slotEnd &+= 1
    shape.append(isInteger: true)
  }

  @inlinable @inline(__always)
  mutating func appendText(_ name: StaticString, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
    appendName(name)
    if slotEnd == slotCapacity { growSlots() }
    if textEnd &+ count > textCapacity { growTexts(for: count) }
    (texts + textEnd).update(from: bytes, count: count)
    slots[slotEnd] = Int64(textEnd) << 24 | Int64(count)
    slotEnd &+= 1
    textEnd &+= count
    shape.append(isInteger: false)
  }

  @usableFromInline @inline(never)
  mutating func growSlots() {
    let grown = UnsafeMutablePointer<Int64>.allocate(capacity: slotCapacity * 2)
    grown.moveInitialize(from: slots, count: slotEnd)
    slots.deallocate()
    slots = grown
    slotCapacity *= 2
  }

  @usableFromInline @inline(never)
  mutating func growTexts(for count: Int) {
    var capacity = textCapacity * 2
    while textEnd + count > capacity { capacity *= 2 }
    let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    grown.moveInitialize(from: texts, count: textEnd)
    texts.deallocate()
    texts = grown
    textCapacity = capacity
  }

  @inlinable @inline(__always)
  mutating func register(template index: Int) {
    if index == shapes.count { shapes.append(shape) }
  }

  @inlinable @inline(__always)
  mutating func commitRow() {
    rowStart = slotEnd
    rowTextStart = textEnd
  }

  mutating func rollbackRow() {
    slotEnd = rowStart
    textEnd = rowTextStart
  }

  // MARK: Reading

  /// Slots of a template, by its number in the batch.
  @inlinable public func slotCount(template: Int) -> Int { Int(shapes[template].count) }

  /// Whether slot `slot` of a template is an integer (else a byte string).
  @inlinable public func isInteger(template: Int, slot: Int) -> Bool { shapes[template].isInteger(slot) }

  /// All slots of all rows, in row order. A byte string slot is `offset << 24 | length` into `textBytes`.
  public var slotValues: UnsafeBufferPointer<Int64> { UnsafeBufferPointer(start: slots, count: slotEnd) }

  /// The bytes of all string slots.
  public var textBytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: texts, count: textEnd) }

  /// The path that a template and its slots stand for.
  func render(template: UnsafeBufferPointer<UInt8>, firstSlot: Int) -> [UInt8] {
    var path: [UInt8] = []
    var slot = firstSlot
    PathTemplate.forEachPart(of: template) { part in
      switch part {
      case .literal(let bytes): path.append(contentsOf: bytes)
      case .integer:
        path.append(contentsOf: Array(String(slots[slot]).utf8))
        slot += 1
      case .text:
        let offset = Int(slots[slot] >> 24)
        let count = Int(slots[slot] & 0xFF_FFFF)
        path.append(contentsOf: UnsafeBufferPointer(start: texts + offset, count: count))
        slot += 1
      }
    }
    return path
  }
}

/// How many variables a template has and which of them are integers.
public struct TemplateShape: Hashable, Sendable {
  @usableFromInline var count: UInt8 = 0
  @usableFromInline var integers: UInt64 = 0

  @inlinable init() {}

  @inlinable @inline(__always)
  mutating func append(isInteger: Bool) {
    if isInteger { integers |= 1 << UInt64(count) }
    count &+= 1
  }

  @inlinable public func isInteger(_ slot: Int) -> Bool { integers >> UInt64(slot) & 1 != 0 }
}
