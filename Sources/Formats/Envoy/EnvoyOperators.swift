import Traffic

/// What Envoy's command operators hold.
///
/// - Source: Envoy documentation, *Substitution formatter*.
enum EnvoyOperators {
  /// `code` of the fields that `FormatTemplate` reads by Envoy's rules.
  enum Special: UInt8 {
    case flags = 1, details, cluster, attempts, serviceTime, upstreamHost
  }

  /// The field of `%NAME(arguments)%`.
  static func field(_ name: String, _ arguments: String, _ text: String) -> TemplateField {
    switch name {
    case "REQ", "REQUEST_HEADER": requestHeader(arguments, text)
    case "RESP", "RESPONSE_HEADER": responseHeader(arguments, text)
    case "START_TIME", "START_TIME_LOCAL": stamp(arguments, text, rank: 1)
    case "EMIT_TIME": stamp(arguments, text, rank: 9)
    case "COMMON_DURATION": commonDuration(arguments, text)
    default: plain(name, text)
    }
  }

  private static func plain(_ name: String, _ text: String) -> TemplateField {
    switch name {
    case "PROTOCOL": TemplateField(.wireProtocol, text)
    case "RESPONSE_CODE": TemplateField(.status, text)
    case "RESPONSE_FLAGS", "RESPONSE_FLAGS_LONG": special(.flags, text)
    case "RESPONSE_CODE_DETAILS": special(.details, text, note: "details")
    case "BYTES_RECEIVED": TemplateField(.number, text, column: .bytesIn)
    case "BYTES_SENT": TemplateField(.number, text, column: .bytesOut)
    case "DOWNSTREAM_WIRE_BYTES_RECEIVED": TemplateField(.number, text, column: .bytesIn, rank: 1)
    case "DOWNSTREAM_WIRE_BYTES_SENT":
      TemplateField(.number, text, column: .bytesOut, rank: 1, code: FormatTemplate.wireBytes)
    case "DURATION": TemplateField(.duration, text, column: .duration, scale: 3)
    case "RESPONSE_DURATION": TemplateField(.duration, text, column: .firstByte, scale: 3, rank: 1)
    case "UPSTREAM_CONNECTION_POOL_READY_DURATION": TemplateField(.duration, text, column: .queueWait, scale: 3)
    case "UPSTREAM_REQUEST_ATTEMPT_COUNT": special(.attempts, text)
    case "UPSTREAM_HOST": special(.upstreamHost, text)
    case "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW": special(.cluster, text, note: "cluster")
    case "ROUTE_NAME": TemplateField(.text, text, column: .routeName)
    case "HOSTNAME": TemplateField(.text, text, column: .gateway)
    case "DOWNSTREAM_REMOTE_ADDRESS": TemplateField(.clientAndPort, text)
    case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT": TemplateField(.client, text)
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS": TemplateField(.clientAndPort, text, rank: 5)
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT": TemplateField(.client, text, rank: 5)
    case "DOWNSTREAM_PEER_SUBJECT": TemplateField(.consumer, text, rank: 5)
    case "REQUESTED_SERVER_NAME": TemplateField(.skip, text, note: "tls.sni")
    case "DOWNSTREAM_TLS_VERSION": TemplateField(.skip, text, note: "tls.version")
    case "TRACE_ID": TemplateField(.traceIdentifier, text)
    case "STREAM_ID": TemplateField(.skip, text, note: "stream_id")
    default: TemplateField(.skip, text)
    }
  }

  private static func special(_ code: Special, _ text: String, note: String? = nil) -> TemplateField {
    TemplateField(.special, text, code: code.rawValue, note: note)
  }

  /// `X?Y`: header X, else Y. The last one says what kind of thing it is.
  private static func requestHeader(_ arguments: String, _ text: String) -> TemplateField {
    let names = arguments.uppercased().split(separator: "?").map(String.init)
    switch names.last ?? "" {
    case ":METHOD": return TemplateField(.method, text)
    case ":PATH", "X-ENVOY-ORIGINAL-PATH": return TemplateField(.target, text)
    case ":AUTHORITY", "HOST": return TemplateField(.host, text)
    case "USER-AGENT": return TemplateField(.text, text, column: .userAgent)
    case "REFERER": return TemplateField(.text, text, column: .referer)
    case "X-FORWARDED-FOR": return TemplateField(.skip, text, note: "xff")
    case "X-REQUEST-ID": return TemplateField(.skip, text, note: "req_id")
    case "TRACEPARENT": return TemplateField(.traceparent, text)
    case "X-B3-TRACEID": return TemplateField(.traceIdentifier, text)
    case "X-API-KEY", "API-KEY", "APIKEY": return TemplateField(.consumer, text, rank: 1)
    case "X-CONSUMER-USERNAME", "X-CONSUMER-ID", "X-USER-ID", "X-CLIENT-ID":
      return TemplateField(.consumer, text, rank: 2)
    default: return TemplateField(.skip, text)
    }
  }

  private static func responseHeader(_ arguments: String, _ text: String) -> TemplateField {
    arguments.uppercased().hasPrefix("X-ENVOY-UPSTREAM-SERVICE-TIME")
      ? special(.serviceTime, text) : TemplateField(.skip, text)
  }

  /// Points in time of a request, `A:B:unit`; those of the upstream side are the last attempt's only.
  private static func commonDuration(_ arguments: String, _ text: String) -> TemplateField {
    let parts = arguments.split(separator: ":").map(String.init)
    guard parts.count == 3 else { return TemplateField(.skip, text) }
    let scale: Int8 = parts[2] == "ns" ? -3 : parts[2] == "us" ? 0 : 3
    switch (parts[0], parts[1]) {
    case ("DS_RX_BEG", "DS_TX_BEG"): return TemplateField(.duration, text, column: .firstByte, scale: scale)
    case ("DS_RX_BEG", "DS_TX_END"): return TemplateField(.duration, text, column: .duration, scale: scale, rank: 1)
    default: return TemplateField(.skip, text)
    }
  }

  /// The default is ISO 8601; a pattern tells its shape by what it begins with.
  private static func stamp(_ pattern: String, _ text: String, rank: UInt8) -> TemplateField {
    if pattern.isEmpty || pattern.hasPrefix("%Y-%m-%d") || pattern.hasPrefix("%Y/%m/%d") || pattern.hasPrefix("%F") {
      return TemplateField(.isoStamp, text, rank: rank)
    }
    if pattern.hasPrefix("%s") { return TemplateField(.epochStamp, text, rank: rank) }
    if pattern.hasPrefix("%d/%b/%Y") { return TemplateField(.commonLogStamp, text, rank: rank) }
    return TemplateField(.skip, text)
  }
}
