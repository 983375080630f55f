@testable import Formats

/// The format strings behind the sample files and vectors that no named format covers.
enum TemplateFormats {
  static let nginxStrings: [String: (string: String, escape: NginxFormatString.Escape)] = [
    "nginx-custom-gw": (
      #"$msec $remote_addr "$http_x_api_key" $host "$request" $status $bytes_sent $request_length $request_time"#
        + #" $upstream_connect_time $upstream_header_time $upstream_response_time "$upstream_addr" "$upstream_status""#
        + #" $upstream_cache_status $limit_req_status "$http_traceparent" $limit_conn_status"#, .default
    ),
    "nginx-custom-kv": (
      "ts=$msec iso=$time_iso8601 rid=$request_id conn=$connection/$connection_requests ct=$connection_time pipe=$pipe"
        + " rl=$request_length bs=$bytes_sent bbs=$body_bytes_sent rt=$request_time st=$status m=$request_method"
        + #" proto=$server_protocol sch=$scheme host=$host hh="$http_host" uri="$uri" ruri="$request_uri" args="$args""#
        + #" rc="$request_completion" ua="$upstream_addr" us="$upstream_status" urt="$upstream_response_time""#
        + #" uct="$upstream_connect_time" uht="$upstream_header_time" ul="$upstream_response_length""#
        + #" ubr="$upstream_bytes_received" ubs="$upstream_bytes_sent" ucs="$upstream_cache_status""#
        + #" lrs="$limit_req_status" lcs="$limit_conn_status""#
        + #" ssl="$ssl_protocol/$ssl_cipher/$ssl_session_reused/$ssl_server_name" h2="$http2" gz="$gzip_ratio""#
        + #" real="$realip_remote_addr" xff="$http_x_forwarded_for" tp="$http_traceparent""#
        + #" srv="$server_name:$server_port" sa="$server_addr" req="$request" agent="$http_user_agent""#, .default
    ),
    "nginx-escape-none": (
      "$remote_addr|$time_iso8601|$request|$status|$http_user_agent|$upstream_response_time", .none
    ),
    "nginx-json-unquoted": (
      #"{"t":$msec,"st":$status,"rt":$request_time,"urt":$upstream_response_time,"ust":$upstream_status}"#, .none
    ),
    "nginx-json": (
      #"{"ts":"$msec","time":"$time_iso8601","remote":"$remote_addr","method":"$request_method","uri":"$request_uri""#
        + #","status":$status,"bytes":$body_bytes_sent,"rt":$request_time,"urt":"$upstream_response_time""#
        + #","uaddr":"$upstream_addr","ustatus":"$upstream_status","cache":"$upstream_cache_status""#
        + #","rl":"$limit_req_status","ua":"$http_user_agent","ref":"$http_referer","id":"$request_id""#
        + #","user":"$remote_user","req":"$request"}"#, .json
    ),
    "nginx-logfmt": (
      #"time="$time_iso8601" method=$request_method path="$request_uri" status=$status dur=$request_time"#
        + #" upstream="$upstream_addr" upstream_dur="$upstream_response_time" ua="$http_user_agent" rid=$request_id"#,
      .default
    ),
    "nginx-ltsv": (
      "time:$time_iso8601\thost:$remote_addr\treq:$request\tstatus:$status\tsize:$body_bytes_sent"
        + "\treqtime:$request_time\tapptime:$upstream_response_time\tcache:$upstream_cache_status"
        + "\tua:$http_user_agent\tvhost:$host", .none
    ),
  ]

  static let apacheStrings: [String: String] = [
    "apache-json":
      #"{ "time":"%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t", "req":"%r", "ua":"%{User-Agent}i", "st":%>s, "us":%D, "b":%B }"#,
    "apache-all-directives":
      "a=%a ca=%{c}a A=%A B=%B b=%b D=%D T=%T Tms=%{ms}T Tus=%{us}T Ts=%{s}T f=%f h=%h H=%H I=%I k=%k l=%l L=%L m=%m"
      + " O=%O p=%p pl=%{local}p pr=%{remote}p P=%P tid=%{tid}P q=%q r=\"%r\" R=%R s=%s fs=%>s os=%<s S=%S t=%t"
      + " tb=%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t te=%{end:%H:%M:%S}t.%{end:msec_frac}t sec=%{sec}t msec=%{msec}t"
      + " usec=%{usec}t iso=%{%Y-%m-%dT%H:%M:%S%z}t u=%u U=%U v=%v V=%V X=%X ref=\"%{Referer}i\" ua=\"%{User-Agent}i\""
      + " xb=\"%{X-Backend}o\" wn=\"%{name}n\" uid=%{UNIQUE_ID}e ck=%{c}C ct=%{Content-Type}i cond=%400{User-Agent}i"
      + " c4=%!200{User-Agent}i",
  ]

  /// The format of a sample file or vector, registered or compiled; nil for those that are no templates.
  static func format(_ name: String) throws -> (any LogFormat)? {
    if let registered = (NginxFormats.all + ApacheFormats.all).first(where: { $0.name == name }) { return registered }
    if let (string, escape) = nginxStrings[name] { return try NginxFormats.template(string, escape: escape, name: name) }
    if let string = apacheStrings[name] { return try ApacheFormats.template(string, name: name) }
    return nil
  }
}
