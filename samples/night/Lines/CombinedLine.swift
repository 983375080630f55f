/// nginx's and Apache's `combined`: no times, no upstream. nginx knows the name and refuses to be told again.
struct CombinedLine: LineLayout {
  static let name = "combined"
  static let directive = """
    log_format combined '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                        '"$http_referer" "$http_user_agent"';
    """

  private var time: LocalTime

  init(start: CalendarTime) { time = LocalTime(start: start) }

  @inline(__always)
  mutating func write(
    _ request: borrowing Request, _ names: borrowing LogNames, to line: inout LineWriter
  ) {
    line.address(request.address)
    line.text(" - - [")
    time.write(second: request.end / 1_000_000, to: &line)
    line.text("] \"")
    line.requestLine(request, names)
    line.text("\" ")
    line.triple(Int(request.status))
    line.byte(UInt8(ascii: " "))
    line.integer(max(0, Int(request.bytesSent) - 230))
    line.text(" \"")
    line.text(Int(request.referer), of: names.referers)
    line.text("\" \"")
    line.text(Int(request.userAgent), of: names.userAgents)
    line.byte(UInt8(ascii: "\""))
  }
}

/// `combined` with the two times that most tuning guides add.
struct TimedLine: LineLayout {
  static let name = "timed"
  static let directive = """
    log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                     '"$http_referer" "$http_user_agent" $request_time $upstream_response_time';
    """

  private var combined: CombinedLine

  init(start: CalendarTime) { combined = CombinedLine(start: start) }

  @inline(__always)
  mutating func write(
    _ request: borrowing Request, _ names: borrowing LogNames, to line: inout LineWriter
  ) {
    combined.write(request, names, to: &line)
    line.byte(UInt8(ascii: " "))
    line.seconds(request.milliseconds)
    line.byte(UInt8(ascii: " "))
    line.upstreamTimes(request, absent: "-")
  }
}
