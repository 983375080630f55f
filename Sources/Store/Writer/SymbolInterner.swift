internal import Traffic

/// Gives every distinct text its number in the store: from memory, from the store, or a new one.
@safe
struct SymbolInterner: ~Copyable {
  /// Texts met since the last `forgetAll`, and the store number of each.
  private var known = SymbolTable()
  private var numbers: [Int64] = []
  private var find: Statement
  private var insert: Statement
  /// Symbols of the store, and how many it may hold.
  private var count: Int64
  private let limit: Int64
  /// Texts that got no number of their own since the last `takeOverflow`.
  private var overflowed: Int64 = 0

  /// Above these the table in memory starts again; the store knows the rest.
  private static let cachedTexts = 400_000
  private static let cachedBytes = 24 << 20

  /// How symbols beyond the limit begin.
  static let overflowText = "(overflow)"

  init(_ connection: borrowing Connection, limit: Int) throws(StoreError) {
    let find = try connection.prepare("SELECT id, text FROM symbol WHERE hash = ?")
    let insert = try connection.prepare("INSERT INTO symbol(id, hash, text) VALUES(?, ?, ?)")
    count = try connection.integer("SELECT max(id) FROM symbol").map { $0 + 1 } ?? 0
    self.find = find
    self.insert = insert
    self.limit = Int64(limit)
  }

  /// Forgets what may have been rolled back.
  mutating func forgetAll(_ connection: borrowing Connection) throws(StoreError) {
    known.removeAll()
    numbers.removeAll()
    count = try connection.integer("SELECT max(id) FROM symbol").map { $0 + 1 } ?? 0
    overflowed = 0
  }

  /// Occurrences of texts beyond the limit since the last call.
  mutating func takeOverflow() -> Int64 {
    defer { overflowed = 0 }
    return overflowed
  }

  mutating func number(of text: UnsafeBufferPointer<UInt8>) throws(StoreError) -> Int64 {
    if known.count > Self.cachedTexts || known.textBytes > Self.cachedBytes {
      known.removeAll()
      numbers.removeAll(keepingCapacity: true)
    }
    let index: Int
    if let base = text.baseAddress { index = known.intern(base, text.count) } else { index = known.intern("") }
    if index < numbers.count { return numbers[index] }
    let number = try storedNumber(of: text)
    numbers.append(number)
    return number
  }

  /// The same, for callers inside a closure that cannot throw a typed error.
  mutating func found(for text: UnsafeBufferPointer<UInt8>) -> Result<Int64, StoreError> {
    do throws(StoreError) { return .success(try number(of: text)) } catch { return .failure(error) }
  }

  mutating func number(of text: String) throws(StoreError) -> Int64 {
    try Array(text.utf8).withUnsafeBufferPointer { found(for: $0) }.get()
  }

  private mutating func storedNumber(of text: UnsafeBufferPointer<UInt8>) throws(StoreError) -> Int64 {
    let hash = symbolHash(text)
    if let known = try find(text, hash) { return known }
    // The last number is kept for the text that stands for all others.
    guard count < limit - 1 else {
      overflowed += 1
      return try overflowNumber(for: text)
    }
    return try add(text, hash)
  }

  private mutating func find(
    _ text: UnsafeBufferPointer<UInt8>, _ hash: UInt64
  ) throws(StoreError) -> Int64? {
    find.bind(1, bits: hash)
    defer { find.reset() }
    while try find.step() {
      let isSame = find.withBlob(1) { $0.elementsEqual(UnsafeRawBufferPointer(text)) }
      if isSame { return find.integer(0) }
    }
    return nil
  }

  private mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ hash: UInt64) throws(StoreError) -> Int64 {
    insert.bind(1, count)
    insert.bind(2, bits: hash)
    insert.bind(3, blob: UnsafeRawBufferPointer(text))
    try insert.run()
    count += 1
    return count - 1
  }

  private mutating func overflowNumber(for lost: UnsafeBufferPointer<UInt8>) throws(StoreError) -> Int64 {
    // Shapes have a bound too: far beyond the limit even they are lost, and with them the paths of a segment.
    let text = count < 2 * limit ? Self.overflowText(for: lost) : Array(Self.overflowText.utf8)
    let result: Result<Int64, StoreError> = text.withUnsafeBufferPointer { text in
      do throws(StoreError) {
        let hash = symbolHash(text)
        if let known = try find(text, hash) { return .success(known) }
        return .success(try add(text, hash))
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// What stands for a text: of a template, its variables stay, as those of the rows are stored beside it.
  private static func overflowText(for lost: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var text = Array(overflowText.utf8)
    PathTemplate.forEachPart(of: lost) { part in
      switch part {
      case .literal: return
      case .integer: text += Array("{int}".utf8)
      case .text: text += Array("{text}".utf8)
      }
    }
    return text
  }
}
