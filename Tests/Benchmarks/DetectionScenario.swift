import Formats
import Scanning

/// Recognising a file's format by its first 256 KiB, a hundred times.
struct DetectionScenario: Scenario {
  static let name = "detection"
  static let unit = "files"
  private let sample: [UInt8]

  init(file: String) throws {
    var reader = LineBlockReader(try ByteSource(path: file))
    sample = try reader.sample()
  }

  mutating func run() -> (units: Int, check: UInt64) {
    var check: UInt64 = 0
    for _ in 0..<100 {
      let detection = FormatDetector.detect(sample: sample + [10])
      for byte in (detection.format?.name ?? "none").utf8 { check = check &* 31 &+ UInt64(byte) }
      check = check &* 31 &+ UInt64(detection.candidates.first?.matched ?? 0)
    }
    return (100, check)
  }
}
