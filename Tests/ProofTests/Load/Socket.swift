import Glibc

/// A non-blocking TCP socket on the loopback network; closed when it goes away.
final class Socket {
  enum Failure: Error { case socket(Int32), bind(Int32), connect(Int32), listen(Int32) }

  let descriptor: Int32

  init() throws {
    let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    descriptor = socket(AF_INET, Int32(kind), 0)
    guard descriptor >= 0 else { throw Failure.socket(errno) }
  }

  init(adopting descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Begins to connect to 127.0.0.1 from 127.0.0.`address`.
  func connect(to port: UInt16, from address: UInt8) throws {
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    guard Self.withAddress(address, 0, { Glibc.bind(descriptor, $0, $1) }) == 0 else { throw Failure.bind(errno) }
    let result = Self.withAddress(1, port) { Glibc.connect(descriptor, $0, $1) }
    guard result == 0 || errno == EINPROGRESS else { throw Failure.connect(errno) }
  }

  static func withAddress<Result>(
    _ last: UInt8, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = (UInt32(127) << 24 | UInt32(last)).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  /// A port of 127.0.0.1 that nobody listens on just now.
  static func freePort() throws -> UInt16 {
    let probe = try Socket()
    guard withAddress(1, 0, { Glibc.bind(probe.descriptor, $0, $1) }) == 0 else { throw Failure.bind(errno) }
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(probe.descriptor, $0, &length) }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  /// Whether somebody listens on a port of 127.0.0.1.
  static func isOpen(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withAddress(1, port) { Glibc.connect(descriptor, $0, $1) } == 0
  }
}
