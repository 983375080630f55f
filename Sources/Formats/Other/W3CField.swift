/// What a column of a W3C extended log holds, by the name its `#Fields` line gives it.
enum W3CField: UInt8, Sendable, Hashable {
  case skip, date, time, method, stem, query, uri, client, clientPort, user, agent, referer, host, viewerHost, status,
    bytesOut, bytesIn, duration, firstByte, wire, scheme, gateway, service, win32, edgeResult, edgeResponse, edgeDetail

  init(_ name: String) {
    switch name.lowercased() {
    case "date": self = .date
    case "time": self = .time
    case "cs-method": self = .method
    case "cs-uri-stem": self = .stem
    case "cs-uri-query": self = .query
    case "cs-uri": self = .uri
    case "c-ip": self = .client
    case "c-port": self = .clientPort
    case "cs-username": self = .user
    case "cs(user-agent)": self = .agent
    case "cs(referer)": self = .referer
    case "cs(host)", "cs-host": self = .host
    case "x-host-header": self = .viewerHost
    case "sc-status": self = .status
    case "sc-bytes": self = .bytesOut
    case "cs-bytes": self = .bytesIn
    case "time-taken": self = .duration
    case "time-to-first-byte": self = .firstByte
    case "cs-version", "cs-protocol-version": self = .wire
    case "cs-protocol": self = .scheme
    case "s-computername", "x-edge-location": self = .gateway
    case "s-sitename": self = .service
    case "sc-win32-status": self = .win32
    case "x-edge-result-type": self = .edgeResult
    case "x-edge-response-result-type": self = .edgeResponse
    case "x-edge-detailed-result-type": self = .edgeDetail
    default: self = .skip
    }
  }

  /// The columns of `date time …`.
  static func list(_ names: String) -> [W3CField] {
    names.split { $0 == " " || $0 == "\t" }.map { W3CField(String($0)) }
  }

  /// What IIS writes unless told otherwise.
  static let iis = list(
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status "
      + "sc-substatus sc-win32-status time-taken")

  /// CloudFront's standard log.
  static let cloudFront = list(
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
      + "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
      + "x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status "
      + "fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
      + "sc-range-start sc-range-end")
}
