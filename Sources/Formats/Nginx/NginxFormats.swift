import Traffic

/// Formats that nginx and the gateways made of it write, by name.
public enum NginxFormats {
  private static let combinedString =
    #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#

  /// Name, what it is, format string.
  private static let strings: [(String, String, String)] = [
    ("nginx-combined", "nginx default, NCSA combined with the end of the request as time", combinedString),
    ("nginx-main", "combined + X-Forwarded-For, as nginx's own packages ship it", combinedString + #" "$http_x_forwarded_for""#),
    ("nginx-combined-timed", "combined + request time + upstream time", combinedString + " $request_time $upstream_response_time"),
    ("nginx-combined-time", "combined + request time", combinedString + " $request_time"),
    (
      "nginx-main-timed", "main + rt= uct= uht= urt=",
      combinedString + #" "$http_x_forwarded_for" rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time""#
    ),
    (
      "nginx-main-timed-bare", "main + rt= uct= uht= urt= without quotes",
      combinedString + #" "$http_x_forwarded_for" rt=$request_time uct=$upstream_connect_time uht=$upstream_header_time urt=$upstream_response_time"#
    ),
    (
      "nginx-combined-keyed", "combined + rt= uct= uht= urt=",
      combinedString + #" rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time""#
    ),
    (
      "nginx-combined-keyed-bare", "combined + rt= uct= uht= urt= without quotes",
      combinedString + " rt=$request_time uct=$upstream_connect_time uht=$upstream_header_time urt=$upstream_response_time"
    ),
    (
      "ingress-nginx", "Kubernetes ingress-nginx, upstreaminfo",
      combinedString + " $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name]"
        + " $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"
    ),
    (
      "ingress-nginx-old", "Kubernetes ingress-nginx 0.x, upstreaminfo",
      #"$remote_addr - [$the_real_ip] - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#
        + " $request_length $request_time [$proxy_upstream_name] $upstream_addr $upstream_response_length"
        + " $upstream_response_time $upstream_status $req_id"
    ),
    ("kong-nginx", "Kong's nginx access log", combinedString + #" kong_request_id: "$kong_request_id""#),
    (
      "apisix-nginx", "APISIX's nginx access log with request id",
      apisixString + #" "$apisix_request_id""#
    ),
    ("apisix-nginx-bare", "APISIX's nginx access log", apisixString),
  ]

  private static let apisixString =
    #"$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent""#
    + #" $upstream_addr $upstream_status $upstream_response_time "$upstream_scheme://$upstream_host$upstream_uri""#

  /// The named formats, in the order of `formats list`.
  public static let all: [any LogFormat] = strings.compactMap { name, summary, string in
    try? template(string, escape: .default, name: name, summary: summary)
  }

  /// The string of a named format, as one would write it after `log_format`.
  public static func string(named name: String) -> String? { strings.first { $0.0 == name }?.2 }

  static func template(
    _ string: String, escape: NginxFormatString.Escape, name: String = "nginx", summary: String = "nginx log_format"
  ) throws(FormatStringError) -> FormatTemplate {
    try FormatTemplate(
      name: name, summary: summary, basis: .end, rules: .nginx,
      tokens: try NginxFormatString.tokens(string, escape: escape))
  }
}
