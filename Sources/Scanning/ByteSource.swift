#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// An open file, closed when it goes out of scope; standard input stays open.
private struct FileHandle: ~Copyable {
  let descriptor: Int32

  init(path: String) throws(SourceError) {
    descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw SourceError(.cannotOpen(String(cString: strerror(errno))), path: path)
    }
  }

  deinit {
    if descriptor > 0 { close(descriptor) }
  }

  func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let got = systemRead(descriptor, target.baseAddress!, target.count)
      if got >= 0 || errno != EINTR { return got }
    }
  }
}

/// `read(2)`, named apart from `ByteSource.read`.
private func systemRead(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, target, count)
}

/// The uncompressed bytes of a file or of standard input, in order, gzip recognised by its magic bytes.
@safe
public struct ByteSource: ~Copyable {
  /// The file's path, `-` for standard input.
  public let path: String
  /// Size of the file on disk, nil where that means nothing (a pipe).
  public let fileBytes: Int64?
  /// When a regular file was last modified, µs since 1970 UTC; nil for pipes and the like.
  public let lastModified: Int64?
  /// Bytes taken from the file so far; compressed bytes for gzip, so progress never passes 100 %.
  public private(set) var bytesRead: Int64 = 0

  private let file: FileHandle
  /// Recognised by the magic bytes; the inflater is idle otherwise.
  public private(set) var isGzip = false
  private var inflater = GzipInflater()
  /// The first bytes, read to look at the magic, not yet given out.
  private var head: [UInt8] = []
  private var headOffset = 0
  private var isAtEnd = false

  /// Opens a file, or standard input for `-`.
  /// - Throws: `cannotOpen`, `isDirectory`, `needsDecompression` for zstd, xz and bzip2.
  public init(path: String) throws(SourceError) {
    let file = try FileHandle(path: path)
    var status = stat()
    guard fstat(file.descriptor, &status) == 0 else {
      throw SourceError(.cannotOpen(String(cString: strerror(errno))), path: path)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw SourceError(.isDirectory, path: path) }
    let head = try Self.head(of: file, path: path)
    if let program = Self.foreignCompression(head) {
      throw SourceError(.needsDecompression(program), path: path)
    }
    self.path = path
    self.file = file
    self.head = head
    bytesRead = Int64(head.count)
    isGzip = head.starts(with: [0x1F, 0x8B])
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    fileBytes = isRegular ? Int64(status.st_size) : nil
    lastModified = isRegular ? Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000 : nil
  }

  /// The file's first bytes, enough to hold every magic.
  private static func head(of file: borrowing FileHandle, path: String) throws(SourceError) -> [UInt8] {
    var head: [UInt8] = []
    while head.count < 6 {
      var piece = [UInt8](repeating: 0, count: 6 - head.count)
      let got = piece.withUnsafeMutableBytes { file.read(into: $0) }
      guard got >= 0 else {
        throw SourceError(.cannotRead(String(cString: strerror(errno))), path: path)
      }
      if got == 0 { break }
      head.append(contentsOf: piece[0..<got])
    }
    return head
  }

  private static func foreignCompression(_ head: [UInt8]) -> String? {
    let magics: [(bytes: [UInt8], program: String)] = [
      ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"), ([0x42, 0x5A, 0x68], "bzip2"),
    ]
    return magics.first { head.starts(with: $0.bytes) }?.program
  }

  private mutating func readFile(into bytes: inout [UInt8], from start: Int) throws(SourceError) -> Int {
    let got = bytes.withUnsafeMutableBufferPointer {
      file.read(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer($0)[start...]))
    }
    return try checked(got)
  }

  private mutating func checked(_ got: Int) throws(SourceError) -> Int {
    guard got >= 0 else {
      throw SourceError(.cannotRead(String(cString: strerror(errno))), path: path, offset: bytesRead)
    }
    bytesRead += Int64(got)
    return got
  }

  /// Reads the next uncompressed bytes.
  /// - Returns: how many, 0 only at the end.
  public mutating func read(into target: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    guard target.count > 0, !isAtEnd else { return 0 }
    if !isGzip { return try readPlain(into: target) }
    while true {
      if inflater.needsInput {
        var input = [UInt8](repeating: 0, count: 1 << 18)
        let got = try readRaw(into: &input)
        if got == 0 {
          isAtEnd = true
          guard inflater.isBetweenMembers else {
            throw SourceError(.truncatedGzip, path: path, offset: bytesRead)
          }
          return 0
        }
        input.removeLast(input.count - got)
        inflater.supply(input)
      }
      let produced: Int
      do {
        produced = try inflater.inflate(into: target)
      } catch {
        throw SourceError(.corruptGzip(error.words), path: path, offset: bytesRead)
      }
      if produced > 0 { return produced }
    }
  }

  /// Reads the next uncompressed bytes into an array, from its start.
  public mutating func read(into bytes: inout [UInt8]) throws(SourceError) -> Int {
    try bytes.withUnsafeMutableBufferPointer { buffer throws(SourceError) in
      try read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  private mutating func readRaw(into bytes: inout [UInt8]) throws(SourceError) -> Int {
    if headOffset < head.count {
      let count = head.count
      bytes.replaceSubrange(0..<count, with: head)
      headOffset = count
      return count
    }
    return try readFile(into: &bytes, from: 0)
  }

  private mutating func readPlain(into target: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    if headOffset < head.count {
      let count = min(head.count - headOffset, target.count)
      target.copyBytes(from: head[headOffset..<(headOffset + count)])
      headOffset += count
      return count
    }
    return try checked(file.read(into: target))
  }
}
