/// Query keys whose values are credentials: masked at import unless the user keeps them.
enum SensitiveKeys {
  private static let names: Set<String> = [
    "token", "access_token", "refresh_token", "id_token", "auth_token", "csrf_token", "authtoken", "api_key", "apikey",
    "api-key", "key", "password", "passwd", "pwd", "pass", "secret", "client_secret", "signature", "sig", "code", "auth",
    "authorization", "session", "sessionid", "session_id", "sid", "jwt", "otp", "pin", "assertion", "x-amz-signature",
    "x-amz-security-token", "x-amz-credential", "x-api-key", "hub.verify_token", "sas", "saml", "samlresponse",
  ]

  /// First letters of the names: most keys are turned down by one table look-up.
  private static let firstLetters: UInt32 = names.reduce(0) { $0 | 1 << UInt32($1.utf8.first! & 31) }
  private static let longest = names.map(\.utf8.count).max()!

  static func contains(_ key: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard count <= longest, firstLetters >> UInt32(key[0] & 31) & 1 != 0 else { return false }
    let text = String(decoding: UnsafeBufferPointer(start: key, count: count), as: UTF8.self)
    return names.contains(text.lowercased())
  }
}
