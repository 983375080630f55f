import Scanning
import Traffic

/// The three processing times both AWS balancers log, in µs: `-1` is absent, and so is their sum then.
struct LoadBalancerTimes {
  var request: Int64
  var target: Int64
  var response: Int64

  init?(_ cursor: inout LineCursor) {
    guard let request = Self.next(&cursor), let target = Self.next(&cursor), let response = Self.next(&cursor) else {
      return nil
    }
    self.request = request
    self.target = target
    self.response = response
  }

  /// Until the response starts to be sent.
  var untilResponse: Int64 {
    guard request != .absent, target != .absent, response != .absent else { return .absent }
    return request &+ target &+ response
  }

  private static func next(_ cursor: inout LineCursor) -> Int64? {
    guard let field = cursor.token() else { return nil }
    if cursor.isDash(field) || cursor.matches("-1", at: field.start) { return .absent }
    return Numbers.scaled(cursor.bytes, field.start, field.end, digits: 6).flatMap { $0 < 1 << 52 ? $0 : nil }
  }
}

/// `balancer status` and `target status` of both AWS balancers, and what they say about the end.
struct LoadBalancerStatus {
  var sent: Int64
  /// `-` and, from the classic balancer, 0 are absent: no target answered.
  var target: Int64
  var hasTarget: Bool

  init?(_ cursor: inout LineCursor, hasTarget: Bool) {
    guard let sent = Self.next(&cursor), let target = Self.next(&cursor) else { return nil }
    self.sent = sent
    self.target = target == 0 ? .absent : target
    self.hasTarget = hasTarget
  }

  private static func next(_ cursor: inout LineCursor) -> Int64? {
    guard let field = cursor.token() else { return nil }
    if cursor.isDash(field) { return .absent }
    return Numbers.unsigned(cursor.bytes, field.start, field.end).flatMap { $0 <= 999 ? $0 : nil }
  }

  func write(into batch: inout RequestBatch) {
    if sent != .absent { batch.set(.status, sent) }
    if target != .absent { batch.set(.upstreamStatus, target) }
    if sent == 429, target == .absent, !hasTarget { batch.set(.limit, LimitVerdict.inferredRejected.rawValue) }
  }

  /// - Parameter isRefused: an action of the balancer (firewall, authentication) turned the request away.
  func outcome(isRefused: Bool) -> Outcome {
    if sent == .absent { return .unknown }
    if target != .absent { return sent == 460 ? .clientAbort : .ok }
    switch sent {
    case 101: return .ok
    case 460: return .clientAbort
    case 463, 464: return .clientProtocol
    case 561: return .denied
    case _ where isRefused && (400..<500).contains(sent): return .denied
    case 400, 405, 414, 431: return hasTarget ? .ok : .clientProtocol
    case 401, 403: return .denied
    case 408: return .clientTimeout
    case 429: return .rateLimited
    case 500, 501: return .internal
    case 502: return .upstreamReset
    case 503: return .noUpstream
    case 504: return .upstreamTimeout
    default: return .localReply
    }
  }
}
