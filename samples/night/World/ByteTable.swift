/// Short texts packed behind each other, looked up by index and copied as bytes.
struct ByteTable {
  private(set) var bytes: [UInt8] = []
  private(set) var starts: [Int32] = [0]

  init() {}

  init(_ texts: [String]) {
    for text in texts { _ = append(text) }
  }

  var count: Int { starts.count - 1 }

  /// Adds a text and returns its index.
  mutating func append(_ text: String) -> Int {
    bytes.append(contentsOf: text.utf8)
    starts.append(Int32(bytes.count))
    return count - 1
  }

  @inline(__always)
  func length(_ index: Int) -> Int { Int(starts[index + 1] - starts[index]) }

  subscript(index: Int) -> String {
    String(decoding: bytes[Int(starts[index])..<Int(starts[index + 1])], as: UTF8.self)
  }
}
