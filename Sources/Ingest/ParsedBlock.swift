import Scanning
import Store
import Traffic

/// What one block gave: the value that goes from a worker to the sequencer.
struct ParsedBlock: Sendable {
  var sequence = 0
  var segments: [EncodedSegment] = []
  var lines: Int64 = 0
  var blank: Int64 = 0
  var requests: Int64 = 0
  /// The first lines of each reason, in line order.
  var quarantined: [QuarantinedLine] = []
  var rejectedByReason: [RejectReason: Int64] = [:]
  /// Smallest step between time stamps seen.
  var resolution: StampResolution = .second
  var isTail = false
  /// Fingerprint of the source up to the block's end, and the marks passed on the way.
  var fingerprint = ContentFingerprint()
  var fileBytesRead: Int64 = 0
}

/// The step of a source's time stamps.
enum StampResolution: Int, Comparable, Sendable {
  case microsecond = 1
  case millisecond = 1000
  case second = 1_000_000

  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
