import Traffic

/// HAProxy's termination state: who ended the session and in which phase.
///
/// - Source: HAProxy Configuration Manual, §8.5 *Session state at disconnection*.
struct HAProxyState {
  /// First character: `-` normal, `C`/`c` client, `S`/`s` server, `P` proxy, `L` local, `R` resource, `I` internal …
  var cause: UInt8
  /// Second character: `R` request, `Q` queue, `C` connect, `H` headers, `D` data, `L` last, `T` tarpit, `-` after.
  var phase: UInt8

  /// Whether a field looks like a state: two or four characters of its alphabet.
  static func isState(_ bytes: UnsafePointer<UInt8>, _ range: ByteRange, count: Int) -> Bool {
    guard range.count == count else { return false }
    for index in range.start..<range.end {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "-") || (byte | 0x20) &- UInt8(ascii: "a") < 26 else { return false }
    }
    return true
  }

  /// - Parameters:
  ///   - status: sent to the client, `.absent` for TCP.
  ///   - hasServer: a server (not `<NOSRV>` and the like) was chosen.
  func outcome(status: Int64, hasServer: Bool) -> Outcome {
    switch cause {
    case UInt8(ascii: "-"): return .ok
    case UInt8(ascii: "C"): return .clientAbort
    case UInt8(ascii: "c"): return .clientTimeout
    case UInt8(ascii: "S"): return serverEnded(hasServer: hasServer)
    case UInt8(ascii: "s"): return serverTimedOut
    case UInt8(ascii: "P"): return proxyDecided(status: status)
    case UInt8(ascii: "L"): return .localReply
    case UInt8(ascii: "R"): return .overload
    case UInt8(ascii: "I"): return .internal
    case UInt8(ascii: "D"), UInt8(ascii: "U"), UInt8(ascii: "K"): return .upstreamReset
    default: return .unknown
    }
  }

  private func serverEnded(hasServer: Bool) -> Outcome {
    switch phase {
    case UInt8(ascii: "C"), UInt8(ascii: "Q"): hasServer ? .upstreamConnect : .noUpstream
    case UInt8(ascii: "D"), UInt8(ascii: "L"): .truncated
    default: .upstreamReset
    }
  }

  private var serverTimedOut: Outcome {
    switch phase {
    case UInt8(ascii: "Q"): .queueTimeout
    case UInt8(ascii: "C"): .upstreamConnect
    default: .upstreamTimeout
    }
  }

  private func proxyDecided(status: Int64) -> Outcome {
    switch phase {
    case UInt8(ascii: "H"): return .upstreamProtocol
    case UInt8(ascii: "T"): return .denied
    case UInt8(ascii: "C"): return .overload
    case UInt8(ascii: "D"), UInt8(ascii: "L"): return .internal
    default: break
    }
    switch status {
    case 429: return .rateLimited
    case 400, 408, 413, 414, 431, 501, 505: return .clientProtocol
    default: return .denied
    }
  }
}
