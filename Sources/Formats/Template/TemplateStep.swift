import Traffic

/// One field of a compiled format: where it ends, what must follow, what its bytes mean. 48 bytes, no references.
struct TemplateStep: Sendable, Hashable {
  /// How the end of the field is found.
  enum Ending: UInt8, Sendable {
    /// At the first `stop` that the whole literal follows.
    case byte
    /// The same, but an escape may stand before it: the value is then unescaped.
    case escapedByte
    /// An unquoted list before a space: a space after `,` or beside `:` belongs to the list.
    case list
    /// At the end of the line.
    case lineEnd
  }

  var kind: FieldKind
  var column: RequestColumn
  var ending: Ending
  var quoting: Quoting
  /// First byte of the literal behind the field.
  var stop: UInt8
  var scale: Int8
  var rank: UInt8
  var code: UInt8
  /// The literal behind the field, in the template's literal bytes.
  var literalOffset: Int32
  var literalCount: Int32
  /// The literal's first eight bytes, and ones where it has some.
  var literalWord: UInt64
  var literalMask: UInt64
  /// Index into `FormatTemplate.fields`.
  var field: Int32
}

extension FieldKind {
  /// Kinds whose text may be anything, and so may hold an escape or the format's own separators.
  var isFreeText: Bool {
    switch self {
    case .request, .method, .target, .path, .query, .text, .host, .client, .clientAndPort, .consumer, .skip, .special: true
    default: false
    }
  }

  /// Kinds that print one item per upstream attempt.
  var isList: Bool {
    switch self {
    case .upstreamAddresses, .upstreamStatuses, .upstreamTimes, .connectTimes, .headerTimes, .queueTimes, .skippedList: true
    default: false
    }
  }

  var isStamp: Bool {
    switch self {
    case .commonLogStamp, .isoStamp, .epochStamp: true
    default: false
    }
  }
}
