/// One column of the request row.
///
/// Raw values are stored on disk as the column's number: they are never reused or renumbered.
/// Every value of every column is an `Int64`; `Int64.absent` says that the source did not have it.
/// What the integer means is told by `kind`.
public enum RequestColumn: UInt8, CaseIterable, Sendable, Hashable {
  /// When the gateway received the request, µs since 1970 UTC.
  case arrival = 0
  /// First request byte until last response byte, µs.
  case duration = 1
  /// Sum over all attempts of the time spent with upstreams, µs.
  case upstreamDuration = 2
  /// Arrival until the first response byte, µs.
  case firstByte = 3
  /// Waiting at the gateway (queue, limiter delay), µs.
  case queueWait = 4
  /// Connecting to the upstream, µs, sum over attempts.
  case connect = 5
  /// Status sent to the client; 0 when nothing was sent.
  case status = 6
  /// Status of the last upstream attempt.
  case upstreamStatus = 7
  /// Upstream attempts made; more than 1 means the request was retried.
  case attempts = 8
  /// Bytes received from the client.
  case bytesIn = 9
  /// Bytes sent to the client.
  case bytesOut = 10
  /// Client address, see `ClientAddress`.
  case client = 11
  /// Request method, exact bytes.
  case method = 12
  /// Authority without port, lower case.
  case host = 13
  /// The name the gateway itself gave the matched rule (Kong route, Envoy route, Traefik router).
  case routeName = 14
  /// The node that logged the request.
  case gateway = 15
  /// The gateway's service, cluster or backend name.
  case service = 16
  /// The last upstream endpoint tried.
  case upstream = 17
  /// API key id, consumer or authenticated user.
  case consumer = 18
  case userAgent = 19
  case referer = 20
  /// HAProxy termination state, Envoy response flags, error reason, as logged.
  case termination = 21
  /// The path's template, see `PathTemplate`; its variables live beside the columns.
  case path = 22
  /// See `WireProtocol`.
  case wireProtocol = 23
  /// See `CacheStatus`.
  case cache = 24
  /// The gateway's own limiter verdict, see `LimitVerdict`.
  case limit = 25
  /// How the request ended, see `Outcome`.
  case outcome = 26
  /// Upper and lower half of the 128-bit trace id.
  case traceHigh = 27
  case traceLow = 28
  /// Line number in the source, from 1.
  case line = 29

  /// The name used by the command line, SQL, JSON and CSV.
  public var name: String {
    switch self {
    case .arrival: "arrival"
    case .duration: "duration"
    case .upstreamDuration: "upstream_duration"
    case .firstByte: "first_byte"
    case .queueWait: "queue_wait"
    case .connect: "connect"
    case .status: "status"
    case .upstreamStatus: "upstream_status"
    case .attempts: "attempts"
    case .bytesIn: "bytes_in"
    case .bytesOut: "bytes_out"
    case .client: "client"
    case .method: "method"
    case .host: "host"
    case .routeName: "route_name"
    case .gateway: "gateway"
    case .service: "service"
    case .upstream: "upstream"
    case .consumer: "consumer"
    case .userAgent: "user_agent"
    case .referer: "referer"
    case .termination: "termination"
    case .path: "path"
    case .wireProtocol: "protocol"
    case .cache: "cache"
    case .limit: "limit"
    case .outcome: "outcome"
    case .traceHigh: "trace_high"
    case .traceLow: "trace_low"
    case .line: "line"
    }
  }

  /// What the integers of a column stand for.
  public enum Kind: Sendable, Hashable {
    /// µs since 1970 UTC.
    case time
    /// µs.
    case duration
    /// A plain number.
    case integer
    /// An index into the batch's or the store's symbols.
    case symbol
    /// A `ClientAddress` code.
    case address
    /// A code of one of the enumerations in `Codes.swift`.
    case code
    /// 64 opaque bits.
    case word
  }

  /// What the column's values mean.
  public var kind: Kind {
    switch self {
    case .arrival: .time
    case .duration, .upstreamDuration, .firstByte, .queueWait, .connect: .duration
    case .status, .upstreamStatus, .attempts, .bytesIn, .bytesOut, .line: .integer
    case .client: .address
    case .method, .host, .routeName, .gateway, .service, .upstream, .consumer, .userAgent,
      .referer, .termination, .path:
      .symbol
    case .wireProtocol, .cache, .limit, .outcome: .code
    case .traceHigh, .traceLow: .word
    }
  }

  /// The column with a name as the command line and SQL write it.
  public init?(name: String) {
    guard let column = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = column
  }
}

extension Int64 {
  /// The value that stands for "the source did not say". Never 0: 0 is a measurement.
  @inlinable public static var absent: Int64 { .min }
}

/// A set of request columns, one bit each.
public struct ColumnSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64

  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
  @inlinable public init(_ column: RequestColumn) { rawValue = 1 << UInt64(column.rawValue) }
  public init(_ columns: some Sequence<RequestColumn>) {
    rawValue = columns.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
  }

  /// Whether a column is in the set.
  @inlinable public func contains(_ column: RequestColumn) -> Bool {
    rawValue & (1 << UInt64(column.rawValue)) != 0
  }

  /// The columns in the order of their numbers.
  public var columns: [RequestColumn] { RequestColumn.allCases.filter { contains($0) } }
}
