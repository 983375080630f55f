extension Gateway {
  /// Addresses and programs as planted faults have them.
  mutating func disguise(_ request: inout Request, _ random: inout SeededGenerator) {
    for fault in conditions.callers where request.consumer >= 0 {
      switch fault {
      case .sharedKey(Int(request.consumer)):
        request.address = 100 << 24 | 127 << 16 | UInt32(random.below(4_096))
        request.userAgent = UInt8(random.below(Vocabulary.firstBrowser))
      case .nat where request.consumer % 5 == 1: request.address = 198 << 24 | 19 << 16 | 7
      default: break
      }
    }
  }

  /// The verdict of a planted fault on a request that a limit applies to; nil where none has a say.
  mutating func decree(_ request: Request, _ random: inout SeededGenerator) -> LimitVerdict? {
    for fault in conditions.callers {
      switch fault {
      case .quota(Int(request.consumer)): return .rejected
      case .windowEdge(Int(request.consumer)):
        return edge.admits(at: request.arrival / 1000, limit: edgeLimit) ? .passed : .rejected
      case .returning(Int(request.consumer)): return random.chance(400_000) ? .rejected : .passed
      case .throttled where random.chance(166_667): return .rejected
      default: break
      }
    }
    return nil
  }

  /// Whether a caller comes back for a request that went wrong, and after how many µs.
  mutating func comeback(for request: Request, _ random: inout SeededGenerator) -> Int? {
    let isStorm = request.status >= 500 && conditions.storms.contains(routes[Int(request.route)].upstream)
    var isReturning = false
    if request.limit == .rejected {
      for case .returning(Int(request.consumer)) in conditions.callers { isReturning = true }
    }
    guard isStorm || isReturning, random.chance(850_000) else { return nil }
    return 300_000 + random.below(3_000_000)
  }
}
