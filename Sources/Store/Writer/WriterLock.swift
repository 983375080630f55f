internal import Glibc

/// The right to write to a store: an advisory lock on the file `STORE-writer` beside it, which holds the process id.
///
/// The lock dies with its process, so a killed import never blocks the next one. The store itself cannot carry
/// the lock: closing any descriptor of it would drop SQLite's own locks (POSIX `fcntl` semantics).
@safe
struct WriterLock: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// - Throws: `writerRunning` with the holder's process id where it could be read.
  init(store file: String) throws(StoreError) {
    path = file + "-writer"
    while true {
      let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard opened >= 0 else {
        throw StoreError(.cannotOpen(String(cString: strerror(errno))), file: file)
      }
      guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
        let holder = Self.processID(in: opened)
        close(opened)
        throw StoreError(.writerRunning(pid: holder), file: file)
      }
      // The last holder may have removed the file between our open and our lock: then try with the new one.
      guard Self.isStill(opened, at: path) else {
        close(opened)
        continue
      }
      descriptor = opened
      break
    }
    let text = Array("\(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  deinit {
    unlink(path)
    close(descriptor)
  }

  private static func processID(in descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    let digits = bytes.prefix(count).prefix { $0 >= 48 && $0 <= 57 }
    return Int32(String(decoding: digits, as: UTF8.self))
  }

  private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
    var mine = stat()
    var there = stat()
    return fstat(descriptor, &mine) == 0 && stat(path, &there) == 0
      && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev
  }
}
