internal import Traffic

/// The exact paths of a segment's rows, rebuilt from templates and variables.
///
/// Decodes all variables at once; asking for a path then copies bytes. Masked values read `***`.
public struct SegmentPaths: Sendable {
  /// One variable of one template: its values in the order of the template's rows.
  private enum Stream: Sendable {
    case integers([Int64])
    /// `offset << 24 | length` in the heap or the arena.
    case texts([Int64], inArena: Bool)
  }

  private let templates: SegmentDictionary
  /// The template of each row, −1 for none.
  private let templateOf: [Int32]
  /// How many earlier rows have the same template.
  private let rankOf: [Int32]
  /// First stream of each template.
  private let firstStream: [Int]
  private let streams: [Stream]
  private let heap: [UInt8]
  private let arena: [UInt8]

  /// - Parameters:
  ///   - variables: the blob and checksum of `EncodedVariables`; nil for a segment without any.
  ///   - rows: the decoded path column, in the segment's own numbers.
  ///   - templates: the texts of the path column, in the segment's numbers.
  /// - Throws: `CorruptSegment` when the three do not belong together.
  public init(
    variables: (blob: UnsafeRawBufferPointer, checksum: UInt64)?, rows: UnsafeBufferPointer<Int64>,
    templates: SegmentDictionary
  ) throws(CorruptSegment) {
    self.templates = templates
    var rowCounts = [Int](repeating: 0, count: templates.count)
    var templateOf: [Int32] = []
    var rankOf: [Int32] = []
    templateOf.reserveCapacity(rows.count)
    rankOf.reserveCapacity(rows.count)
    for value in rows {
      guard value != .absent else {
        templateOf.append(-1)
        rankOf.append(0)
        continue
      }
      guard value >= 0, value < Int64(rowCounts.count) else { throw CorruptSegment(.header("template number")) }
      templateOf.append(Int32(value))
      rankOf.append(Int32(rowCounts[Int(value)]))
      rowCounts[Int(value)] += 1
    }
    self.templateOf = templateOf
    self.rankOf = rankOf
    var reader = Reader(templates: templates, rowCounts: rowCounts)
    if let variables {
      guard Checksum.of(variables.blob, seed: UInt64(rows.count)) == variables.checksum else {
        throw CorruptSegment(.checksum)
      }
      try reader.read(variables.blob)
    } else {
      try reader.readNothing()
    }
    firstStream = reader.firstStream
    streams = reader.streams
    heap = reader.heap
    arena = reader.arena
  }

  /// Appends the path of a row to `text`; false when the row has none.
  @discardableResult
  public func appendPath(row: Int, to text: inout [UInt8]) -> Bool {
    guard templateOf[row] >= 0 else { return false }
    let template = Int(templateOf[row])
    let rank = Int(rankOf[row])
    var stream = firstStream[template]
    templates.withText(template) { bytes in
      PathTemplate.forEachPart(of: bytes) { part in
        switch part {
        case .literal(let literal): text.append(contentsOf: literal)
        case .integer, .text:
          append(streams[stream], rank, to: &text)
          stream += 1
        }
      }
    }
    return true
  }

  /// The path of a row; nil when it has none.
  public func path(row: Int) -> [UInt8]? {
    var text: [UInt8] = []
    return appendPath(row: row, to: &text) ? text : nil
  }

  private func append(_ stream: Stream, _ rank: Int, to text: inout [UInt8]) {
    switch stream {
    case .integers(let values):
      text.append(contentsOf: String(values[rank]).utf8)
    case .texts(let places, let isInArena):
      let start = Int(places[rank] >> 24)
      let range = start..<(start + Int(places[rank] & 0xFF_FFFF))
      text.append(contentsOf: isInArena ? arena[range] : heap[range])
    }
  }

  /// Reads the streams; checks on the way that templates, rows and variables agree.
  private struct Reader {
    let templates: SegmentDictionary
    let rowCounts: [Int]
    var firstStream: [Int] = []
    var streams: [Stream] = []
    var heap: [UInt8] = []
    var arena: [UInt8] = []

    init(templates: SegmentDictionary, rowCounts: [Int]) {
      self.templates = templates
      self.rowCounts = rowCounts
    }

    /// Slots of a template by its text: true for an integer.
    private func slots(of template: Int) -> [Bool] {
      var slots: [Bool] = []
      templates.withText(template) { bytes in
        PathTemplate.forEachPart(of: bytes) { part in
          switch part {
          case .literal: return
          case .integer: slots.append(true)
          case .text: slots.append(false)
          }
        }
      }
      return slots
    }

    mutating func readNothing() throws(CorruptSegment) {
      for template in rowCounts.indices where rowCounts[template] > 0 && !slots(of: template).isEmpty {
        throw CorruptSegment(.missingReference)
      }
      firstStream = rowCounts.map { _ in 0 }
    }

    mutating func read(_ blob: UnsafeRawBufferPointer) throws(CorruptSegment) {
      var source = try ByteSource(blob)
      let described = try source.count(upTo: rowCounts.count, "templates")
      var shapes: [[Bool]] = []
      for template in rowCounts.indices {
        shapes.append(rowCounts[template] > 0 ? slots(of: template) : [])
        guard template < described else {
          guard shapes[template].isEmpty else { throw CorruptSegment(.header("template slots")) }
          continue
        }
        let count = Int(try source.byte())
        let integers = try source.varint()
        guard count == shapes[template].count, count <= 64,
          shapes[template].indices.allSatisfy({ (integers >> UInt64($0) & 1 != 0) == shapes[template][$0] })
        else { throw CorruptSegment(.header("template slots")) }
      }
      var heapCursor = 0
      for template in rowCounts.indices {
        firstStream.append(streams.count)
        for isInteger in shapes[template] {
          streams.append(
            isInteger
              ? .integers(try integers(&source, rowCounts[template]))
              : try texts(&source, rowCounts[template], &heapCursor))
        }
      }
      heap = try TextHeap.decode(&source)
      try source.requireEnd()
      guard heapCursor == heap.count else { throw CorruptSegment(.header("heap size")) }
    }

    private func integers(_ source: inout ByteSource, _ rows: Int) throws(CorruptSegment) -> [Int64] {
      let scratch = DecodingScratch(count: rows)
      try IntegerCodec.decode(&source, into: scratch.part(0, rows))
      return Array(scratch.part(0, rows))
    }

    private mutating func texts(
      _ source: inout ByteSource, _ rows: Int, _ heapCursor: inout Int
    ) throws(CorruptSegment) -> Stream {
      let decoded = try TextCodec.decode(&source, rows: rows, heapCursor: &heapCursor, arena: &arena)
      return .texts(decoded.texts, inArena: decoded.areInArena)
    }
  }
}
