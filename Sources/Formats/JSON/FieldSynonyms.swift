/// The names people give the fields of their logs, best first; lower case, without `_ - @ .`.
enum FieldSynonyms {
  static let table: [(field: LogField, names: [String])] = [
    (
      .duration,
      [
        "duration", "durationms", "durationus", "durationns", "latency", "latencyms", "latencytotal",
        "elapsed", "elapsedms",
        "took", "requesttime", "requestduration", "rt", "timetaken", "responsetime", "processingtime",
        "totaltime", "reqtime",
        "dur", "timeelapsed", "us", "d", "responsetimems", "eventduration", "requesttimems", "resptime",
        "restime",
      ]
    ),
    (
      .upstreamDuration,
      [
        "upstreamresponsetime", "upstreamduration", "urt", "upstreamtime", "upstreamlatency",
        "originduration",
        "backendtime", "backendlatency", "integrationlatency", "serverresponselatency", "apptime",
        "upstreamdur", "updur",
        "upstreamrequesttime", "upstreamservicetime",
      ]
    ),
    (.connect, ["upstreamconnecttime", "uct"]),
    (.upstreamFirstByte, ["upstreamheadertime", "uht"]),
    (.requestLine, ["request", "req", "requestline", "r", "firstline"]),
    (.method, ["method", "verb", "requestmethod", "httpmethod", "httprequestmethod", "reqmethod", "m"]),
    (
      .path,
      [
        "requesturi", "uri", "url", "path", "requesturl", "requestpath", "urlpath", "target", "httptarget",
        "urloriginal",
        "requesttarget",
      ]
    ),
    (.query, ["query", "querystring", "args", "urlquery", "q"]),
    (.host, ["vhost", "host", "authority", "domain", "httphost", "servername", "requesthost"]),
    (
      .wireProtocol,
      ["protocol", "serverprotocol", "proto", "httpversion", "requestprotocol", "httpprotocol"]
    ),
    (
      .status,
      [
        "status", "statuscode", "responsecode", "responsestatus", "httpstatus", "httpstatuscode", "st",
        "code",
        "httpresponsestatuscode", "downstreamstatus", "s",
      ]
    ),
    (
      .upstreamStatus,
      ["upstreamstatus", "originstatus", "backendstatus", "targetstatuscode", "ustatus", "ust"]
    ),
    (
      .bytesOut,
      [
        "bytessent", "bodybytessent", "size", "bytes", "bodybytes", "responsesize", "responselength",
        "sentbytes", "bs",
        "httpresponsebodybytes", "responsebytes", "b", "bytesout", "bodysize",
      ]
    ),
    (.bytesIn, ["requestlength", "bytesreceived", "requestsize", "receivedbytes", "bytesread", "bytesin"]),
    (
      .client,
      [
        "clientip", "remoteaddr", "remoteip", "clientaddr", "srcip", "sourceip", "sourceaddress",
        "clientaddress", "remote",
        "remotehost", "client", "ip", "xrealip", "h", "host", "xforwardedfor",
      ]
    ),
    (.forwardedFor, ["xforwardedfor", "httpxforwardedfor", "xff"]),
    (.userAgent, ["useragent", "httpuseragent", "ua", "agent", "useragentoriginal"]),
    (.referer, ["referer", "httpreferer", "referrer", "ref", "httprequestreferrer"]),
    (.requestID, ["requestid", "xrequestid", "rid", "reqid", "correlationid", "id"]),
    (.trace, ["traceid", "ddtraceid", "traceparent", "oteltraceid", "httptraceparent"]),
    (
      .upstream,
      [
        "upstreamaddr", "upstreamaddress", "upstreamhost", "uaddr", "backendaddr", "serveraddr", "upstream",
        "backend",
        "targetaddr", "upaddr",
      ]
    ),
    (.routeName, ["route", "routename", "routeid", "routekey", "resourcepath", "httproute", "router"]),
    (
      .service,
      [
        "service", "servicename", "upstreamname", "proxyupstreamname", "cluster", "upstreamcluster",
        "upstream", "backend",
      ]
    ),
    (
      .consumer,
      [
        "consumer", "consumerusername", "apikey", "apikeyid", "remoteuser", "user", "userid", "username",
        "clientid", "subject",
        "principalid", "tenant",
      ]
    ),
    (.cache, ["upstreamcachestatus", "cachestatus", "xcache", "cache", "cs"]),
    (.limit, ["limitreqstatus", "ratelimit", "throttled", "limitstatus", "rl"]),
    (.gateway, ["hostname", "nodename", "gateway", "node", "instance", "serverhostname"]),
    (.attempts, ["attempts", "upstreamattempts", "attemptcount"]),
    (.tlsVersion, ["sslprotocol", "tlsversion", "tlsprotocol"]),
    (.clientPort, ["remoteport", "clientport"]),
  ]

  /// Names of the time, which is chosen by its resolution first.
  static let times = [
    "time", "timestamp", "ts", "t", "date", "datetime", "timelocal", "timeiso8601", "msec", "starttime",
    "startutc",
    "startedat", "requesttime", "eventtime", "requeststart", "startus", "begintime", "starttimems",
  ]

  /// A name as the tables have it.
  static func normalised(_ name: String) -> String {
    String(name.lowercased().filter { !"_-@.".contains($0) })
  }
}
