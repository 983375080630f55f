import Scanning

/// Reading a file into blocks of whole lines, fingerprinted: the serial part of an import.
struct BlocksScenario: Scenario {
  static let name = "blocks"
  static let unit = "bytes"
  let file: String

  init(file: String) { self.file = file }

  mutating func run() throws -> (units: Int, check: UInt64) {
    var reader = LineBlockReader(try ByteSource(path: file))
    var block = LineBlock()
    var bytes = 0
    var check: UInt64 = 0
    while try reader.next(into: &block) {
      bytes += block.count
      check = block.fingerprint.value.low
    }
    return (bytes, check)
  }
}
