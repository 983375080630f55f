import TestSupport

/// nginx with one location under the limits of a parameter set, and two logs of the same run: one in milliseconds, one
/// in whole seconds.
struct Nginx {
  /// Lines of the `http` block that define zones, and of the location that uses them.
  var zones: String
  var limits: String
  var workers = 1
  /// Bytes of the answer; with `limit_rate` they make it last.
  var answerBytes = 3

  static let fineFormat =
    #"$remote_addr - $http_x_api_key [$msec] "$request" $status $body_bytes_sent $request_time $limit_req_status $limit_conn_status"#
  static let coarseFormat = #"$remote_addr - $http_x_api_key [$time_local] "$request" $status $body_bytes_sent"#

  func configuration(port: UInt16, folder: String) -> String {
    """
    worker_processes \(workers);
    daemon off;
    user root;
    pid \(folder)/nginx.pid;
    error_log \(folder)/error.log crit;

    events { worker_connections 1024; }

    http {
        client_body_temp_path \(folder)/body;
        proxy_temp_path \(folder)/proxy;
        fastcgi_temp_path \(folder)/fastcgi;
        uwsgi_temp_path \(folder)/uwsgi;
        scgi_temp_path \(folder)/scgi;
        default_type text/plain;
        keepalive_requests 100000;

        log_format fine '\(Self.fineFormat)';
        log_format coarse '\(Self.coarseFormat)';

        \(zones)

        server {
            listen 127.0.0.1:\(port);
            server_name gateway.test;
            access_log \(folder)/fine.log fine;
            access_log \(folder)/coarse.log coarse;

            location / {
                \(limits)
                root \(folder);
                try_files /answer.txt =404;
            }
        }
    }

    """
  }

  /// Runs a schedule through it.
  func run(_ schedule: Schedule, callers: [Caller], binary: String, in folder: TemporaryFolder) throws -> GatewayRun {
    let port = try Socket.freePort()
    let configuration = try folder.file("nginx.conf", configuration(port: port, folder: folder.path))
    _ = try folder.file("answer.txt", String(repeating: "o", count: answerBytes))
    let gateway = try RunningGateway(
      binary, ["-p", folder.path, "-c", configuration], folder: folder.path, port: port)
    var driver = LoadDriver(port: port, callers: callers)
    let answers = try driver.drive(schedule)
    gateway.stop()
    return GatewayRun(
      configuration: configuration, log: folder.path + "/fine.log", logFormat: Self.fineFormat, answers: answers,
      coarseLog: folder.path + "/coarse.log", coarseFormat: Self.coarseFormat)
  }
}
