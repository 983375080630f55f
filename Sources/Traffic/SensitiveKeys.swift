/// Query keys whose values are credentials: masked at import unless the user keeps them.
struct SensitiveKeys: ~Copyable {
  private static let names: [String] = [
    "token", "access_token", "refresh_token", "id_token", "auth_token", "csrf_token", "authtoken", "api_key", "apikey",
    "api-key", "key", "password", "passwd", "pwd", "pass", "secret", "client_secret", "signature", "sig", "code", "auth",
    "authorization", "session", "sessionid", "session_id", "sid", "jwt", "otp", "pin", "assertion", "x-amz-signature",
    "x-amz-security-token", "x-amz-credential", "x-api-key", "hub.verify_token", "sas", "saml", "samlresponse",
  ]

  private var table = SymbolTable()
  /// Bit n of entry `letter & 31`: some name with that first letter has n bytes. Turns most keys down by one look-up.
  private let lengths: UnsafeMutablePointer<UInt32>

  init() {
    lengths = .allocate(capacity: 32)
    lengths.initialize(repeating: 0, count: 32)
    for name in Self.names {
      _ = table.intern(name)
      lengths[Int(name.utf8.first! & 31)] |= 1 << UInt32(name.utf8.count)
    }
  }

  deinit { lengths.deallocate() }

  @inline(__always)
  func contains(_ key: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard count < 32, lengths[Int(key[0] & 31)] >> UInt32(count) & 1 != 0 else { return false }
    return containsFolded(key, count)
  }

  /// The same in lower case.
  @inline(never)
  private func containsFolded(_ key: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { folded in
      for index in 0..<count { folded[index] = key[index] &- 65 <= 25 ? key[index] | 0x20 : key[index] }
      return table.index(of: UnsafePointer(folded.baseAddress!), count) != nil
    }
  }
}
