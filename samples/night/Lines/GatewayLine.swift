/// The gateway's own format: sixteen fields, about 250 bytes a line.
struct GatewayLine: LineLayout {
  static let name = "gw"
  static let directive = """
    log_format gw '$msec $remote_addr "$http_x_api_key" $host "$request" $status $bytes_sent $request_length '
                  '$request_time "$upstream_response_time" "$upstream_addr" "$upstream_status" '
                  '$upstream_cache_status $limit_req_status "$http_referer" "$http_user_agent"';
    """

  private let startMilliseconds: Int

  init(start: CalendarTime) { startMilliseconds = start.epoch * 1000 }

  @inline(__always)
  mutating func write(
    _ request: borrowing Request, _ names: borrowing LogNames, to line: inout LineWriter
  ) {
    line.seconds(startMilliseconds + request.end / 1000)
    line.byte(UInt8(ascii: " "))
    line.address(request.address)
    line.text(" \"")
    if request.consumer < 0 { line.text("-") } else { line.text(Int(request.consumer), of: names.keys) }
    line.text("\" ")
    line.text(names.hostOfRoute[Int(request.route)], of: names.hosts)
    line.text(" \"")
    line.requestLine(request, names)
    line.text("\" ")
    line.triple(Int(request.status))
    line.byte(UInt8(ascii: " "))
    line.integer(Int(request.bytesSent))
    line.byte(UInt8(ascii: " "))
    line.integer(Int(request.requestLength))
    line.byte(UInt8(ascii: " "))
    line.seconds(request.milliseconds)
    line.text(" \"")
    line.upstreamTimes(request, absent: "-")
    line.text("\" \"")
    line.upstreamAddresses(request, names, absent: "-")
    line.text("\" \"")
    line.upstreamStatuses(request, absent: "-")
    line.text("\" ")
    line.text(Int(request.cache.rawValue), of: names.cacheVerdicts)
    line.byte(UInt8(ascii: " "))
    line.text(Int(request.limit.rawValue), of: names.limitVerdicts)
    line.text(" \"")
    line.text(Int(request.referer), of: names.referers)
    line.text("\" \"")
    line.text(Int(request.userAgent), of: names.userAgents)
    line.byte(UInt8(ascii: "\""))
  }
}
