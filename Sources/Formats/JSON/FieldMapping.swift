import Scanning
public import Traffic

/// Which key of a log of one's own gives which column, in which unit. Decided once per file, then fixed.
public struct FieldMapping: Sendable {
  var rules: [KeyRule] = []
  /// Whether the key of `arrival` carries the start or the end of the request.
  public var basis: StampBasis = .end
  /// Year of stamps that have none, where the mapping says it; else the clock of the log does.
  public var year: Int?

  /// The clock of a log, with the year of the mapping.
  func clock(_ clock: WriterClock) -> WriterClock {
    year.map { WriterClock(utcOffset: clock.utcOffset, year: $0) } ?? clock
  }

  /// The file has a field that tells whether an upstream was asked.
  var knowsUpstream: Bool {
    rules.contains { [.upstream, .upstreamStatus, .upstreamDuration].contains($0.field) }
  }

  init(rules: [KeyRule] = [], basis: StampBasis = .end) {
    self.rules = rules
    self.basis = basis
  }

  /// What users call the fields: the columns by their names, and a few that are parts of columns.
  static let fieldNames: [(name: String, field: LogField)] = [
    ("arrival", .time), ("end", .endTime), ("duration", .duration), ("upstream_duration", .upstreamDuration),
    ("first_byte", .firstByte), ("queue_wait", .queueWait), ("connect", .connect), ("status", .status),
    ("upstream_status", .upstreamStatus), ("attempts", .attempts), ("bytes_in", .bytesIn),
    ("bytes_out", .bytesOut),
    ("client", .client), ("method", .method), ("host", .host), ("route_name", .routeName),
    ("gateway", .gateway),
    ("service", .service), ("upstream", .upstream), ("consumer", .consumer), ("user_agent", .userAgent),
    ("referer", .referer), ("termination", .termination), ("path", .path), ("query", .query),
    ("request", .requestLine), ("protocol", .wireProtocol), ("cache", .cache), ("limit", .limit),
    ("trace", .trace),
    ("request_id", .requestID), ("forwarded_for", .forwardedFor), ("client_port", .clientPort),
  ]

  static let unitNames: [(name: String, unit: FieldUnit)] = [
    ("s", .seconds), ("ms", .milliseconds), ("us", .microseconds), ("ns", .nanoseconds), ("auto", .automatic),
  ]

  /// Every field with its key and unit, as `duration=rt (s)`, in the order of the columns' names above.
  public var explanation: [(field: String, key: String, unit: String?)] {
    Self.fieldNames.compactMap { entry in
      guard let rule = rules.filter({ $0.field == entry.field }).min(by: { $0.rank < $1.rank }) else {
        return nil
      }
      let unit = Self.unitNames.first { $0.unit == rule.unit && rule.unit != .automatic }?.name
      return (entry.name, rule.path.joined(separator: "."), unit)
    }
  }
}

/// Why a mapping file can not be used.
public struct FieldMappingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with the file.
  public enum Problem: Hashable, Sendable {
    /// Not a JSON object of fields, from this byte on.
    case notJSON(offset: Int)
    case unknownField(String)
    /// A field without a `key`.
    case missingKey(field: String)
    case unknownUnit(field: String, unit: String)
    case unknownBasis(String)
    /// Neither `arrival` nor `end` is mapped.
    case noTime
  }
  public var problem: Problem

  public init(_ problem: Problem) { self.problem = problem }

  public var description: String {
    switch problem {
    case .notJSON(let offset):
      "the mapping is not a JSON object at byte \(offset); write {\"arrival\": {\"key\": \"ts\", \"unit\": \"s\"}, …}"
    case .unknownField(let name):
      "the mapping names a field '\(name)' that does not exist; fields are "
        + FieldMapping.fieldNames.map(\.name).joined(separator: ", ")
    case .missingKey(let field):
      "the mapping of '\(field)' has no \"key\"; write {\"key\": \"name of the key in the log\"}"
    case .unknownUnit(let field, let unit):
      "the unit '\(unit)' of '\(field)' is unknown; units are s, ms, us, ns and auto"
    case .unknownBasis(let basis): "the basis '\(basis)' is unknown; \"basis\" is \"start\" or \"end\""
    case .noTime: "the mapping has no time; map \"arrival\" (start of the request) or \"end\""
    }
  }
}
