import Glibc

/// Memory whose last byte lies before a page that must not be touched: reading past the end of a line stored there
/// ends the test run.
final class GuardedBytes {
  private let base: UnsafeMutableRawPointer
  private let room: Int
  private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  init(room wanted: Int) {
    room = (wanted + page - 1) / page * page
    let mapped = mmap(nil, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { preconditionFailure("no memory for the test") }
    base = mapped
    mprotect(base + room, page, PROT_NONE)
  }

  deinit { munmap(base, room + page) }

  /// Calls `body` with a copy of the bytes that ends at the guard.
  func with<R>(_ bytes: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    precondition(bytes.count <= room, "the line fits into the room")
    let start = base + (room - bytes.count)
    let buffer = UnsafeMutableRawBufferPointer(start: start, count: bytes.count)
    buffer.copyBytes(from: bytes)
    return body(UnsafeBufferPointer(buffer.bindMemory(to: UInt8.self)))
  }
}
