/// The gateway's fields as one JSON object a line; `escape=json` writes absent values as empty texts.
struct JSONLine: LineLayout {
  static let name = "json"
  static let directive = """
    log_format json escape=json '{"msec":$msec,"remote_addr":"$remote_addr","http_x_api_key":"$http_x_api_key",'
      '"host":"$host","request_method":"$request_method","request_uri":"$request_uri",'
      '"server_protocol":"$server_protocol","status":$status,"bytes_sent":$bytes_sent,'
      '"request_length":$request_length,"request_time":$request_time,'
      '"upstream_response_time":"$upstream_response_time","upstream_addr":"$upstream_addr",'
      '"upstream_status":"$upstream_status","upstream_cache_status":"$upstream_cache_status",'
      '"limit_req_status":"$limit_req_status","http_referer":"$http_referer",'
      '"http_user_agent":"$http_user_agent"}';
    """

  private let startMilliseconds: Int

  init(start: CalendarTime) { startMilliseconds = start.epoch * 1000 }

  @inline(__always)
  mutating func write(
    _ request: borrowing Request, _ names: borrowing LogNames, to line: inout LineWriter
  ) {
    line.text("{\"msec\":")
    line.seconds(startMilliseconds + request.end / 1000)
    line.text(",\"remote_addr\":\"")
    line.address(request.address)
    line.text("\",\"http_x_api_key\":\"")
    if request.consumer >= 0 { line.text(Int(request.consumer), of: names.keys) }
    line.text("\",\"host\":\"")
    line.text(names.hostOfRoute[Int(request.route)], of: names.hosts)
    line.text("\",\"request_method\":\"")
    line.text(Int(request.route), of: names.methods)
    line.text("\",\"request_uri\":\"")
    line.target(request, names)
    line.text("\",\"server_protocol\":\"")
    line.protocolName(request, names)
    line.text("\",\"status\":")
    line.triple(Int(request.status))
    line.text(",\"bytes_sent\":")
    line.integer(Int(request.bytesSent))
    line.text(",\"request_length\":")
    line.integer(Int(request.requestLength))
    line.text(",\"request_time\":")
    line.seconds(request.milliseconds)
    writeUpstream(request, names, to: &line)
    line.text("\",\"http_referer\":\"")
    if request.referer > 0 { line.text(Int(request.referer), of: names.referers) }
    line.text("\",\"http_user_agent\":\"")
    line.text(Int(request.userAgent), of: names.userAgents)
    line.text("\"}")
  }

  @inline(__always)
  private func writeUpstream(
    _ request: borrowing Request, _ names: borrowing LogNames, to line: inout LineWriter
  ) {
    line.text(",\"upstream_response_time\":\"")
    line.upstreamTimes(request, absent: "")
    line.text("\",\"upstream_addr\":\"")
    line.upstreamAddresses(request, names, absent: "")
    line.text("\",\"upstream_status\":\"")
    line.upstreamStatuses(request, absent: "")
    line.text("\",\"upstream_cache_status\":\"")
    if request.cache != .none { line.text(Int(request.cache.rawValue), of: names.cacheVerdicts) }
    line.text("\",\"limit_req_status\":\"")
    if request.limit != .none { line.text(Int(request.limit.rawValue), of: names.limitVerdicts) }
  }
}
