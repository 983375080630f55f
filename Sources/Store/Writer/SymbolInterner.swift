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

  /// What symbols beyond the limit read.
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
    find.bind(1, bits: hash)
    defer { find.reset() }
    while try find.step() {
      let isSame = find.withBlob(1) { $0.elementsEqual(UnsafeRawBufferPointer(text)) }
      if isSame { return find.integer(0) }
    }
    // The last number is kept for the text that stands for all others.
    if count >= limit - 1, !text.elementsEqual(Self.overflowText.utf8) {
      overflowed += 1
      return try number(of: Self.overflowText)
    }
    insert.bind(1, count)
    insert.bind(2, bits: hash)
    insert.bind(3, blob: UnsafeRawBufferPointer(text))
    try insert.run()
    count += 1
    return count - 1
  }
}
