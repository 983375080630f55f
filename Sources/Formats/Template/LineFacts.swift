import Traffic

/// What the loop over a line's fields learns and the end of the line needs: numbers and byte ranges, no references.
struct LineFacts {
  /// A range of bytes in the line; negative start when the field was absent or the format has none.
  struct Range {
    private var low: Int32 = -1
    private var high: Int32 = -1

    @inline(__always) init() {}

    /// Lines are no longer than `Limits.lineBytes`.
    @inline(__always)
    init(start: Int, end: Int) {
      low = Int32(truncatingIfNeeded: start)
      high = Int32(truncatingIfNeeded: end)
    }

    @inline(__always) var start: Int { Int(low) }
    @inline(__always) var end: Int { Int(high) }
    @inline(__always) var isPresent: Bool { low >= 0 }
  }

  /// Time stamp as logged, µs UTC.
  var stamp = Int64.absent
  var duration = Int64.absent
  var status = Int64.absent
  var bytesOut = Int64.absent

  var request = RequestLine.Shape.wellFormed
  var path = Range()
  var query = Range()

  // nginx's upstream fields.
  var addresses = Range()
  var statuses = Range()
  var times = Range()
  var connects = Range()
  var headers = Range()
  var upstreamStatus = Int64.absent
  var upstreamDuration = Int64.absent

  /// Anything seen that keeps a good status from being the whole story.
  var isUnusual = false
  var limit: LimitVerdict?
  var isConnectionLimit = false
  var cache: CacheStatus?
  var consumerRank: UInt8 = .max
  var completed = true

  // For the rules of `.special` fields.
  var termination = Range()
  var details = Range()
  var special0 = Int64.absent
  var special1 = Int64.absent
  var special2 = Int64.absent
  var special3 = Int64.absent
  var special4 = Int64.absent

  init() {}

  /// Some upstream field has a value.
  @inline(__always)
  var wasForwarded: Bool { addresses.isPresent || times.isPresent || statuses.isPresent }

  /// Some upstream field has more than one item, or an address that is no server's.
  var needsLists = false {
    didSet { isUnusual = true }
  }
  var clientAborted = false {
    didSet { isUnusual = true }
  }
  /// Some bytes-out field was a dash.
  var bytesDashed = false {
    didSet { isUnusual = true }
  }
}
