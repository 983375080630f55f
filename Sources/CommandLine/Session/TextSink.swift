import Glibc
import Synchronization

/// Where text goes.
public protocol TextSink: Sendable {
  func write(_ text: String) throws
  /// The same for UTF-8.
  func write(bytes: [UInt8]) throws
}

extension TextSink {
  public func write(bytes: [UInt8]) throws { try write(String(decoding: bytes, as: UTF8.self)) }
}

/// Why text could not be written.
public enum OutputError: Error, Hashable, Sendable {
  /// The reader of a pipe went away (`| head`): not a mistake, the program just stops.
  case readerLeft
  case cannotWrite(path: String, reason: String)
}

/// An open file descriptor: standard output, standard error, or a file.
public struct DescriptorSink: TextSink {
  let descriptor: Int32
  let path: String

  public init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  public func write(_ text: String) throws { try write(bytes: Array(text.utf8)) }

  public func write(bytes: [UInt8]) throws {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      // Safe: the pointer lives for the call and the count is the buffer's.
      let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        bytes = bytes.dropFirst(written)
      } else if errno == EPIPE {
        throw OutputError.readerLeft
      } else if errno != EINTR && errno != EAGAIN {
        throw OutputError.cannotWrite(path: path, reason: systemMessage(errno))
      }
    }
  }
}

/// Text kept in memory, for tests.
public final class MemorySink: TextSink {
  private let kept = Mutex("")
  public init() {}
  public func write(_ text: String) { kept.withLock { $0 += text } }
  public var text: String { kept.withLock { $0 } }
}

func systemMessage(_ code: Int32) -> String {
  // Safe: strerror's text is copied before anything else can ask for one on this thread.
  unsafe String(cString: strerror(code))
}
