internal import Traffic

/// Some symbols of the store, one bit each.
struct SymbolSet: Sendable {
  private var words: [UInt64] = []
  private(set) var isEmpty = true

  func contains(_ symbol: Int64) -> Bool {
    let word = Int(truncatingIfNeeded: symbol >> 6)
    guard symbol >= 0, word < words.count else { return false }
    return words[word] >> UInt64(symbol & 63) & 1 != 0
  }

  mutating func insert(_ symbol: Int64) {
    guard symbol >= 0, symbol <= Int64(UInt32.max) else { return }
    let word = Int(symbol >> 6)
    if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
    words[word] |= 1 << UInt64(symbol & 63)
    isEmpty = false
  }

  /// The symbols whose text matches one of the patterns.
  static func matching(_ globs: [Glob], _ connection: borrowing Connection) throws(StoreError) -> SymbolSet {
    var set = SymbolSet()
    for glob in globs where glob.isPlain {
      if let symbol = try SymbolReading.number(of: glob.pattern, connection) { set.insert(symbol) }
    }
    let patterns = globs.filter { !$0.isPlain }
    guard !patterns.isEmpty else { return set }
    var rows = try connection.prepare("SELECT id, text FROM symbol")
    while try rows.step() {
      let matches = rows.withBlob(1) { text in patterns.contains { $0.matches(text) } }
      if matches { set.insert(rows.integer(0)) }
    }
    return set
  }
}

/// Reads texts and numbers of symbols.
enum SymbolReading {
  static func number(of text: [UInt8], _ connection: borrowing Connection) throws(StoreError) -> Int64? {
    var rows = try connection.prepare("SELECT id, text FROM symbol WHERE hash = ?")
    rows.bind(1, bits: text.withUnsafeBufferPointer { symbolHash($0) })
    while try rows.step() {
      if rows.withBlob(1, { $0.elementsEqual(text) }) { return rows.integer(0) }
    }
    return nil
  }

  /// Texts of symbols; nil for a number that was never given out.
  static func texts(_ symbols: [Int64], _ connection: borrowing Connection) throws(StoreError) -> [[UInt8]?] {
    var rows = try connection.prepare("SELECT text FROM symbol WHERE id = ?")
    var texts: [[UInt8]?] = []
    texts.reserveCapacity(symbols.count)
    for symbol in symbols {
      rows.bind(1, symbol)
      texts.append(try rows.step() ? rows.bytes(0) : nil)
      rows.reset()
    }
    return texts
  }
}
