import Traffic

/// What a field of a log line holds, and so how its bytes become a value.
///
/// An empty field and a lone `-` are absent for every kind but `connectionState`.
enum FieldKind: UInt8, Sendable, Hashable {
  /// Read past; `explain` shows it under the field's name.
  case skip
  /// The same for a list of one item per upstream attempt.
  case skippedList

  // Time stamps; `FormatTemplate.basis` says whether the best ranked one is the start or the end.
  /// `22/Nov/2026:07:26:24 +0000`
  case commonLogStamp
  /// `2026-11-22T07:26:24.069Z`
  case isoStamp
  /// A number whose unit is told by its digits: `1795332384.136` s, `1795332384136` ms, 16 digits µs, 19 ns.
  case epochStamp

  /// Status sent to the client.
  case status
  /// An integer for `column`; a leading `+` is dropped, a negative number is absent.
  case number
  /// A decimal number of `scale` for a duration column; a leading `+` is dropped, a negative number is absent.
  case duration
  /// `1m12s`, `5.412µs` for a duration column.
  case goDuration

  /// A whole request line.
  case request
  case method
  /// A request target: `/path?query`, `http://host/path?query`, `*`, `host:port`.
  case target
  /// A path without query, and a query with or without its `?`: put together when no better target is there.
  case path
  case query
  case wireProtocol
  /// Text for a symbol column.
  case text
  /// An authority for `host`: lower-cased, the port cut off.
  case host
  /// The client's address, without a port.
  case client
  /// The client's address with a port behind the last colon: `192.0.2.1:80`, `[::1]:80`, `::1:80`.
  case clientAndPort
  /// Who called, by rank: API key, consumer, user.
  case consumer

  // nginx's lists: one item per attempt, `, ` between servers, ` : ` between groups.
  case upstreamAddresses
  case upstreamStatuses
  /// Time of each attempt; their sum is `upstreamDuration`.
  case upstreamTimes
  /// Time to connect of each attempt; their sum is `connect`.
  case connectTimes
  case headerTimes
  /// Waiting for a free upstream connection; their sum is `queueWait`.
  case queueTimes

  /// `HIT`, `MISS` …
  case cacheWord
  /// `PASSED`, `DELAYED`, `REJECTED` … of the request and of the connection limiter.
  case requestLimitWord
  case connectionLimitWord
  /// W3C `00-<trace>-<span>-01`.
  case traceparent
  /// 32 hexadecimal digits.
  case traceIdentifier
  /// Apache `%X`: `X` aborted, `+` kept alive, `-` closed.
  case connectionState
  /// nginx `$request_completion`: `OK` or empty.
  case completion
  /// Read by the format's own rules, told apart by `code`: see `FormatTemplate.readSpecial`.
  case special
}

/// One variable of a format string.
struct TemplateField: Sendable, Hashable {
  var kind: FieldKind
  /// As the format string writes it, for messages; also the note's name where `note` is nil.
  var name: String
  /// Where `.number`, `.duration`, `.goDuration` and `.text` go.
  var column: RequestColumn?
  /// Decimal digits between the field's unit and µs: 6 for s, 3 for ms, 0 for µs, −3 for ns.
  var scale: Int8 = 0
  /// Among fields that say the same thing the lowest rank is believed.
  var rank: UInt8 = 0
  /// For `.special`.
  var code: UInt8 = 0
  var quoting: Quoting = .raw
  /// Key under which `batch.notes` gets the text as it is; nil for fields whose column says it all.
  var note: String?
  /// Byte in the format string, from 0.
  var position: Int = 0

  init(
    _ kind: FieldKind, _ name: String, column: RequestColumn? = nil, scale: Int8 = 0, rank: UInt8 = 0, code: UInt8 = 0,
    note: String? = nil
  ) {
    self.kind = kind
    self.name = name
    self.column = column
    self.scale = scale
    self.rank = rank
    self.code = code
    self.note = note
  }
}

/// A format string, cut up: what stands in every line, and what varies.
enum TemplateToken: Sendable, Hashable {
  case literal([UInt8])
  case field(TemplateField)

  static func literal(_ text: String) -> TemplateToken { .literal(Array(text.utf8)) }
}

/// Whose way of deciding how a request ended, and of reading `.special` fields.
enum TemplateRules: UInt8, Sendable, Hashable {
  case nginx, apache, envoy, haproxy
}
