/// One request as the gateway will log it. Times in µs since the start of the night, sizes in bytes.
struct Request {
  var arrival = 0
  var end = 0
  /// The numbers in the path.
  var first = 0
  var second = 0
  /// Rank of the consumer; −1 for a request without a key.
  var consumer: Int32 = -1
  var address: UInt32 = 0
  var bytesSent: Int32 = 0
  var requestLength: Int32 = 0
  var failed = Attempt()
  /// The attempt that decided the answer.
  var last = Attempt()
  var status: UInt16 = 200
  var userAgent: UInt8 = 0
  var referer: UInt8 = 0
  var route: UInt8 = 0
  /// Tries at an upstream, 0…2; with 2, `failed` came before `last`.
  var attempts: UInt8 = 0
  var cache = CacheVerdict.none
  var limit = LimitVerdict.none

  /// `$request_time`: whole milliseconds between two readings of a millisecond clock.
  @inline(__always)
  var milliseconds: Int { end / 1000 - arrival / 1000 }
}

/// One try at one server of an upstream.
struct Attempt {
  var endpoint: UInt8 = 0
  /// 0 where nginx writes `-`: the client left before an answer came.
  var status: UInt16 = 0
  var milliseconds: Int32 = 0
}

/// `$upstream_cache_status`.
enum CacheVerdict: UInt8, CaseIterable {
  case none, hit, miss, expired, stale, updating, revalidated, bypass

  var name: String { self == .none ? "-" : String(describing: self).uppercased() }

  /// Answered without an upstream.
  var isServed: Bool { self == .hit || self == .stale || self == .updating }
}

/// `$limit_req_status`.
enum LimitVerdict: UInt8, CaseIterable {
  case none, passed, delayed, rejected

  var name: String { self == .none ? "-" : String(describing: self).uppercased() }
}
