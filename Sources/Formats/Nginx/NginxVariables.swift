import Traffic

/// What the variables of an nginx `log_format` hold.
///
/// - Source: nginx.org, the *Embedded Variables* section of each module's page.
enum NginxVariables {
  /// The field of a variable; a variable that no column wants is read past under its own name.
  static func field(_ name: String) -> TemplateField {
    if var known = table[name] {
      known.name = "$" + name
      return known
    }
    if name.hasPrefix("http_"), let field = header(String(name.dropFirst(5)), variable: name) { return field }
    return TemplateField(.skip, "$" + name)
  }

  /// Whether a name is of nginx itself, as far as known here; modules and `map` add their own.
  static func isKnown(_ name: String) -> Bool {
    table[name] != nil || ["http_", "upstream_", "sent_", "arg_", "cookie_", "ssl_", "geoip"].contains { name.hasPrefix($0) }
  }

  /// A request header that says who called, which trace it is part of, or what it came through.
  private static func header(_ header: String, variable: String) -> TemplateField? {
    let name = "$" + variable
    if let rank = consumerHeaders[header] { return TemplateField(.consumer, name, rank: rank) }
    return switch header {
    case "traceparent": TemplateField(.traceparent, name, note: "traceparent")
    case "x_forwarded_for": TemplateField(.skip, name, note: "xff")
    case "x_request_id", "x_correlation_id": TemplateField(.skip, name, note: "req_id")
    case "cf_connecting_ip", "x_real_ip", "true_client_ip": TemplateField(.skip, name, note: header)
    default: nil
    }
  }

  /// Headers that carry a key or a consumer's name, the most telling first.
  static let consumerHeaders: [String: UInt8] = [
    "x_consumer_username": 1, "x_consumer_custom_id": 2, "x_consumer_id": 3, "x_credential_identifier": 4,
    "x_api_key": 5, "apikey": 5, "api_key": 5, "x_apikey": 5, "x_api_token": 6, "x_client_id": 7, "x_app_id": 8,
    "x_tenant_id": 9, "x_customer_id": 9, "x_user_id": 10, "x_user": 10, "x_remote_user": 11,
  ]

  private static let table: [String: TemplateField] = [
    "msec": TemplateField(.epochStamp, "", rank: 0),
    "time_iso8601_ms": TemplateField(.isoStamp, "", rank: 1),
    "time_iso8601": TemplateField(.isoStamp, "", rank: 2),
    "time_local": TemplateField(.commonLogStamp, "", rank: 3),

    "request_time": TemplateField(.duration, "", column: .duration, scale: 6),
    "session_time": TemplateField(.duration, "", column: .duration, scale: 6, rank: 1),
    "upstream_response_time": TemplateField(.upstreamTimes, ""),
    "upstream_connect_time": TemplateField(.connectTimes, ""),
    "upstream_header_time": TemplateField(.headerTimes, ""),
    "upstream_queue_time": TemplateField(.queueTimes, ""),
    "upstream_addr": TemplateField(.upstreamAddresses, ""),
    "upstream_status": TemplateField(.upstreamStatuses, ""),
    "upstream_response_length": TemplateField(.skippedList, ""),
    "upstream_bytes_sent": TemplateField(.skippedList, ""),
    "upstream_bytes_received": TemplateField(.skippedList, ""),
    "upstream_first_byte_time": TemplateField(.skippedList, ""),
    "upstream_last_addr": TemplateField(.text, "", column: .upstream, rank: 1),
    "upstream_cache_status": TemplateField(.cacheWord, ""),
    "limit_req_status": TemplateField(.requestLimitWord, ""),
    "limit_conn_status": TemplateField(.connectionLimitWord, ""),

    "status": TemplateField(.status, ""),
    "bytes_sent": TemplateField(.number, "", column: .bytesOut, rank: 0, code: FormatTemplate.wireBytes),
    "body_bytes_sent": TemplateField(.number, "", column: .bytesOut, rank: 1),
    "request_length": TemplateField(.number, "", column: .bytesIn, rank: 0),
    "bytes_received": TemplateField(.number, "", column: .bytesIn, rank: 1),

    "request": TemplateField(.request, ""),
    "request_method": TemplateField(.method, ""),
    "request_uri": TemplateField(.target, ""),
    // After an internal redirect these are the new location's, not what the client asked for.
    "uri": TemplateField(.path, "", rank: 0),
    "document_uri": TemplateField(.path, "", rank: 1),
    "args": TemplateField(.query, "", rank: 0),
    "query_string": TemplateField(.query, "", rank: 1),
    "server_protocol": TemplateField(.wireProtocol, ""),
    "host": TemplateField(.host, "", rank: 0),
    "http_host": TemplateField(.host, "", rank: 1),
    "server_name": TemplateField(.host, "", rank: 2),

    "remote_addr": TemplateField(.client, "", rank: 0),
    "realip_remote_addr": TemplateField(.client, "", rank: 3),
    "the_real_ip": TemplateField(.client, "", rank: 2),
    "proxy_protocol_addr": TemplateField(.client, "", rank: 2),
    "remote_port": TemplateField(.skip, "", note: "client_port"),
    "remote_user": TemplateField(.consumer, "", rank: 40),
    "jwt_claim_sub": TemplateField(.consumer, "", rank: 20),
    "ssl_client_s_dn": TemplateField(.consumer, "", rank: 50),
    "http_user_agent": TemplateField(.text, "", column: .userAgent),
    "http_referer": TemplateField(.text, "", column: .referer),

    "hostname": TemplateField(.text, "", column: .gateway),
    "proxy_upstream_name": TemplateField(.text, "", column: .service, rank: 0),
    "upstream_name": TemplateField(.text, "", column: .service, rank: 1),
    "proxy_host": TemplateField(.text, "", column: .service, rank: 2),
    "service_name": TemplateField(.text, "", column: .service, rank: 1),
    "location_path": TemplateField(.text, "", column: .routeName, rank: 1),
    "ingress_name": TemplateField(.text, "", column: .routeName, rank: 0),

    "req_id": TemplateField(.skip, "", note: "req_id"),
    "request_id": TemplateField(.skip, "", note: "req_id"),
    "kong_request_id": TemplateField(.skip, "", note: "req_id"),
    "apisix_request_id": TemplateField(.skip, "", note: "req_id"),
    "otel_trace_id": TemplateField(.traceIdentifier, "", note: "trace_id"),
    "opentelemetry_trace_id": TemplateField(.traceIdentifier, "", note: "trace_id"),
    "request_completion": TemplateField(.completion, ""),
    "ssl_protocol": TemplateField(.skip, "", note: "tls.version"),
    "ssl_server_name": TemplateField(.skip, "", note: "tls.sni"),
  ]
}
