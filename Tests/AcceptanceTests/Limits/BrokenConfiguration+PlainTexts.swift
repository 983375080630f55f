extension BrokenConfiguration {
  /// Files of words and braces: nginx and HAProxy.
  static let plainTexts: [BrokenConfiguration] = [
    BrokenConfiguration(
      "nginx.conf", line: 3, ["there is no directive 'limit_rqe'", "did you mean 'limit_req'?"],
      #"""
      http {
        limit_req_zone $remote_addr zone=perip:1m rate=5r/s;
        limit_rqe zone=perip;
      }
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 3, ["'0' is no value of burst", "a whole number, at least 1"],
      #"""
      http {
        limit_req_zone $remote_addr zone=perip:1m rate=5r/s;
        limit_req zone=perip burst=0;
      }
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 2, ["'1.5r/s' is no value of rate", "r/s or r/m"],
      #"""
      http {
        limit_req_zone $remote_addr zone=perip:1m rate=1.5r/s;
      }
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 2, ["'5r/h' is no value of rate", "r/s or r/m"],
      #"""
      http {
        limit_req_zone $remote_addr zone=perip:1m rate=5r/h;
      }
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 3, ["there is no zone of limit_req 'perpi'", "did you mean 'perip'?"],
      #"""
      http {
        limit_req_zone $remote_addr zone=perip:1m rate=5r/s;
        limit_req zone=perpi burst=5;
      }
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 2, ["there is no variable '$hots'", "did you mean '$host'?"],
      #"""
      http {
        limit_req_zone $hots zone=perhost:1m rate=5r/s;
      }
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 3, [#"closing ""#],
      #"""
      http {
        limit_req_zone $remote_addr zone=perip:1m rate=5r/s;
        log_format main "$remote_addr;
        limit_req zone=perip;
      }
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 2, ["the end of the file", "'}' that closes 'server'"],
      #"""
      http {
        server {
          limit_req_zone_size 5;
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 3, ["zone 'perip' is already declared, in line 2"],
      #"""
      http {
        limit_req_zone $remote_addr zone=perip:1m rate=5r/s;
        limit_req_zone $remote_addr zone=perip:1m rate=9r/s;
      }
      """#),
    BrokenConfiguration(
      "nginx.conf", line: 3, ["'}' where ';' after 'limit_req zone=perip' was expected"],
      #"""
      http { limit_req_zone $remote_addr zone=perip:1m rate=5r/s;
        server { limit_req zone=perip
        }
      }
      """#),
    BrokenConfiguration(
      "haproxy.cfg", line: 4, ["there is no action of http-request 'deyn'", "did you mean 'deny'?"],
      #"""
      frontend web
        stick-table type ip size 1m expire 60s store http_req_rate(10s)
        http-request track-sc0 src
        http-request deyn if { sc_http_req_rate(0) gt 5 }
      """#),
    BrokenConfiguration(
      "haproxy.cfg", line: 3, ["there is no stick-table 'wbe'", "did you mean 'web'?"],
      #"""
      frontend web
        stick-table type ip size 1m expire 60s store http_req_rate(10s)
        http-request track-sc0 src table wbe
        http-request deny if { sc_http_req_rate(0) gt 5 }
      """#),
    BrokenConfiguration(
      "haproxy.cfg", line: 2, ["http_req_rate", "a period, such as http_req_rate(10s)"],
      #"""
      frontend web
        stick-table type ip size 1m expire 60s store http_req_rate(60d)
        http-request track-sc0 src
      """#),
    BrokenConfiguration(
      "haproxy.cfg", line: 4, ["'many' is no value of gt", "one whole number"],
      #"""
      frontend web
        stick-table type ip size 1m expire 60s store http_req_rate(10s)
        http-request track-sc0 src
        http-request deny if { sc_http_req_rate(0) gt many }
      """#),
    BrokenConfiguration(
      "haproxy.cfg", line: 3, ["there is no section or keyword 'bakcend'", "did you mean 'backend'?"],
      #"""
      frontend web
        mode http
      bakcend app
      """#),
    BrokenConfiguration(
      "haproxy.cfg", line: 3, ["the closing quote"],
      #"""
      frontend web
        mode http
        acl login path "/login
      """#),
    BrokenConfiguration(
      "haproxy.cfg", line: 4, ["'{' without '}'"],
      #"""
      frontend web
        stick-table type ip size 1m expire 60s store http_req_rate(10s)
        http-request track-sc0 src
        http-request deny if { sc_http_req_rate(0) gt 5
      """#),
  ]
}
