/// Somebody who calls the gateway: by an address of the loopback network, by a key in a header, or by both.
struct Caller: Sendable {
  /// Last byte of the address 127.0.0.x that its connections come from.
  var address: UInt8
  var key: String

  static func several(_ count: Int) -> [Caller] {
    (0..<count).map { Caller(address: UInt8(11 + $0), key: "key-\($0)") }
  }
}
