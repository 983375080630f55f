/// First bytes that say a file is no plain text.
enum ContainerMark {
  /// Why a file cannot be read as lines, or nil.
  static func refusal(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return "The file is UTF-16. Convert it first, for example with 'iconv -f UTF-16 -t UTF-8'."
    }
    if bytes.starts(with: [0x1F, 0x8B]) { return "The bytes are gzip; detection looks at uncompressed content." }
    if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      return "The file is compressed with zstd. Decompress it first, for example with 'zstd -dc FILE | headroom import -'."
    }
    if bytes.starts(with: [0x42, 0x5A, 0x68]) {
      return "The file is compressed with bzip2. Decompress it first, for example with 'bzip2 -dc FILE | headroom import -'."
    }
    if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) {
      return "The file is compressed with xz. Decompress it first, for example with 'xz -dc FILE | headroom import -'."
    }
    // Every second byte zero is UTF-16 without its mark; otherwise zeros come as the holes a crash leaves.
    let head = bytes.prefix(512)
    if head.count >= 8, head.count(where: { $0 == 0 }) * 3 > head.count, head.contains(where: { $0 != 0 }) {
      return "The file holds too many zero bytes to be a text log."
    }
    return nil
  }
}

/// Content that is known but is no access log with requests.
enum KnownContent {
  /// What the sample is and what to do, or nil.
  static func refusal(of lines: SampleLines) -> String? {
    let chosen = lines.spread
    func share(_ isSuch: (LineCursor) -> Bool) -> Bool {
      let count = chosen.count { line in
        lines.bytes[line].withUnsafeBufferPointer { bytes in
          bytes.baseAddress.map { isSuch(LineCursor($0, bytes.count)) } ?? false
        }
      }
      return count * 2 > chosen.count
    }
    if share({ $0.matches("Connect from ", at: 0) }) {
      return """
        The log is HAProxy's default format, which tells connections and no requests. \
        Add 'option httplog' to the frontend.
        """
    }
    if share({ ServerNoise.isErrorLog($0) }) {
      return "The file is an error log, not an access log."
    }
    return isTrace(lines) ? "The file holds trace spans, not an access log." : nil
  }

  /// JSON that begins with the keys of OTLP, Zipkin, Jaeger or X-Ray, on one line or on several.
  static func isTrace(_ lines: SampleLines) -> Bool {
    guard let first = lines.lines.first, [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(lines.bytes[first.lowerBound])
    else { return false }
    let head = lines.bytes[first.lowerBound..<min(lines.bytes.count, first.lowerBound + 4096)]
    return head.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      let cursor = LineCursor(base, bytes.count)
      let whole = ByteRange(start: 0, end: bytes.count)
      let marks: [StaticString] = [
        "\"resourceSpans\"", "\"localEndpoint\"", "\"traceID\"", "\"trace_id\":\"1-", "\"trace_id\": \"1-",
      ]
      return marks.contains { cursor.find($0, in: whole) != nil }
    }
  }
}

/// Lines that servers write between requests into the same file or stream.
enum ServerNoise {
  static func isNoise(_ bytes: [UInt8], _ line: Range<Int>) -> Bool {
    bytes[line].withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return true }
      return isErrorLog(LineCursor(base, text.count)) || isBanner(LineCursor(base, text.count))
    }
  }

  /// `2026/11/22 07:26:24 [error] 12#12: …`, `[Sun Nov 22 07:26:24.1 2026] [core:notice] …`, Envoy's
  /// `[2026-11-22 07:34:44.000][1][warning][config] …`.
  static func isErrorLog(_ cursor: LineCursor) -> Bool {
    let head = ByteRange(start: 0, end: min(cursor.end, 80))
    if cursor.matches("/", at: 4), cursor.matches("/", at: 7), cursor.matches(" [", at: 19) { return true }
    guard cursor.peek == UInt8(ascii: "[") else { return false }
    if cursor.find("][", in: head) != nil, cursor.digitsEnd(from: 1) == 5 { return true }
    return cursor.find("] [", in: head) != nil && !cursor.matches("[GIN]", at: 0) && cursor.digitsEnd(from: 1) == 1
  }

  /// `nginx: configuration file … test is successful`, entry point scripts, start-up and controller lines.
  private static func isBanner(_ cursor: LineCursor) -> Bool {
    let starts: [StaticString] = ["nginx: ", "/docker-entrypoint", "AH0", "Starting "]
    if starts.contains(where: { cursor.matches($0, at: 0) }) { return true }
    // klog, as Kubernetes controllers write it: `I1122 07:26:24.123456 …`.
    return cursor.digitsEnd(from: 1) == 5 && cursor.matches(" ", at: 5) && cursor.matches(":", at: 8)
  }
}
