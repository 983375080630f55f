import Testing
import Traffic

@testable import Store

/// A batch that looks a little like a gateway's night, with everything the encoder treats specially.
func trafficBatch(rows: Int, seed: UInt64, capacity: Int = 5000) -> RequestBatch {
  var batch = RequestBatch(capacity: max(rows, 1, min(capacity, 5000)))
  var random = TestRandom(seed: seed)
  var end: Int64 = 1_700_000_000_000_000
  for row in 0..<rows {
    end += Int64(random.below(20)) * 1000 - 1000
    let duration = random.below(40) == 0 ? Int64.absent : Int64(random.below(1 << random.below(12))) * 1000
    batch.set(.arrival, end - (duration == .absent ? 0 : duration))
    batch.set(.duration, duration)
    batch.set(.line, Int64(row + 1))
    let status = Int64([200, 200, 200, 201, 404, 500][random.below(6)])
    batch.set(.status, status)
    if random.below(5) > 0 {
      if duration != .absent { batch.set(.upstreamDuration, max(0, duration - Int64(random.below(3)) * 1000)) }
      batch.set(.upstreamStatus, status)
      set(&batch, .upstream, "10.0.0.\(random.below(4)):8080")
    }
    batch.set(.bytesOut, Int64(random.below(1 << random.below(20))))
    batch.set(.traceHigh, random.signed() | 1)
    batch.set(.traceLow, random.signed() | 1)
    let client = random.below(9) == 0 ? "2001:db8::\(random.below(30))" : "10.\(random.below(3)).\(random.below(200)).7"
    setClient(&batch, client)
    set(&batch, .method, ["GET", "POST", ""][random.below(3)])
    if random.below(30) > 0 { setTarget(&batch, target(&random)) }
    if random.below(25) == 0 {
      set(&batch, .userAgent, "only in a rejected line")
      batch.reject(RejectedLine(reason: .notInFormat, field: nil, line: 1, offset: 0, length: 0, column: 0))
    } else {
      batch.commitRow()
    }
  }
  return batch
}

private func target(_ random: inout TestRandom) -> String {
  func hex(_ count: Int) -> String { (0..<count).map { _ in String(random.below(16), radix: 16) }.joined() }
  switch random.below(8) {
  case 0: return "/"
  case 1: return "/users/\(random.below(100_000))/orders?limit=20&offset=\(random.below(10) * 20)"
  case 2: return "/carts/\(hex(8))-\(hex(4))-4\(hex(3))-a\(hex(3))-\(hex(12))"
  case 3: return "/search?q=\(["red+shoes", "caf%C3%A9", "x"][random.below(3)])&page=\(random.below(4))"
  case 4: return "/files/\(hex(random.below(40) + 8))/raw?token=secret"
  case 5: return "/n/-\(random.below(50))/\(random.next())/007"
  case 6: return "/t?q=" + (0..<random.below(60)).map { _ in String(Character(Unicode.Scalar(UInt8(33 + random.below(90))))) }.joined()
  default: return "*"
  }
}

private func set(_ batch: inout RequestBatch, _ column: RequestColumn, _ text: String) {
  var text = text
  text.withUTF8 { bytes in
    withUnsafePointer(to: UInt8(0)) { batch.setSymbol(column, bytes.baseAddress ?? $0, bytes.count) }
  }
}

private func setClient(_ batch: inout RequestBatch, _ text: String) {
  var text = text
  text.withUTF8 { batch.setClient($0.baseAddress!, $0.count) }
}

private func setTarget(_ batch: inout RequestBatch, _ text: String) {
  var text = text
  text.withUTF8 { batch.setTarget($0.baseAddress!, $0.count) }
}

extension EncodedSegment {
  func decoded(_ column: RequestColumn) throws -> [Int64]? {
    guard let encoded = columns.first(where: { $0.column == column }) else { return nil }
    var values = [Int64](repeating: 0, count: rows)
    let reference = try encoded.reference.map { try #require(try decoded($0)) } ?? []
    try reference.withUnsafeBufferPointer { reference in
      try values.withUnsafeMutableBufferPointer { try encoded.decode(reference: reference, into: $0) }
    }
    return values
  }

  func paths() throws -> SegmentPaths? {
    guard let rows = try decoded(.path), let templates = dictionaries.first(where: { $0.column == .path }) else {
      return nil
    }
    return try rows.withUnsafeBufferPointer { rows in
      guard let variables else { return try SegmentPaths(variables: nil, rows: rows, templates: templates) }
      return try variables.bytes.withUnsafeBytes {
        try SegmentPaths(variables: ($0, variables.checksum), rows: rows, templates: templates)
      }
    }
  }
}

@Suite("A segment") struct SegmentTests {
  @Test("gives back every value of every column", arguments: [1, 2, 60, 700, 5000], [UInt64(1), 2])
  func columns(rows: Int, seed: UInt64) throws {
    let batch = trafficBatch(rows: rows, seed: seed)
    let segment = EncodedSegment(encoding: batch)
    #expect(segment.rows == batch.count)
    for column in RequestColumn.allCases {
      guard let original = batch.values(column), original.contains(where: { $0 != .absent }) else {
        #expect(segment.columns.allSatisfy { $0.column != column }, "\(column.name) costs nothing")
        continue
      }
      let values = try #require(try segment.decoded(column))
      let paths = column == .path ? try segment.paths() : nil
      for row in 0..<batch.count {
        let expected = batch.text(column, row: row)
        #expect(text(column, values[row], row, segment, paths) == expected, "\(column.name) row \(row)")
      }
    }
  }

  private func text(
    _ column: RequestColumn, _ value: Int64, _ row: Int, _ segment: EncodedSegment, _ paths: SegmentPaths?
  ) -> String? {
    guard value != .absent else { return nil }
    if let paths { return paths.path(row: row).map { String(decoding: $0, as: UTF8.self) } }
    let dictionary = segment.dictionaries.first { $0.column == column }
    switch column.kind {
    case .symbol: return dictionary.map { String(decoding: $0.text(Int(value)), as: UTF8.self) }
    case .address where value >= ClientAddress.symbolBase:
      return dictionary.map { String(decoding: $0.text(Int(value - ClientAddress.symbolBase)), as: UTF8.self) }
    case .address: return ClientAddress.ipv4Text(value)
    case .code: return column.codeNames[Int(value)]
    default: return String(value)
    }
  }

  @Test("knows the extremes, the absents and the time it covers")
  func zoneMap() throws {
    let batch = trafficBatch(rows: 900, seed: 4)
    let segment = EncodedSegment(encoding: batch)
    for column in segment.columns where column.column.kind != .symbol && column.column.kind != .address {
      let present = (batch.values(column.column).map(Array.init) ?? []).filter { $0 != .absent }
      #expect(column.minimum == present.min())
      #expect(column.maximum == present.max())
      #expect(column.absentCount == batch.count - present.count)
    }
    #expect(segment.firstArrival == batch.values(.arrival)?.min())
    #expect(segment.lastArrival == batch.values(.arrival)?.max())
  }

  @Test("numbers texts by falling frequency and leaves out those of rejected lines")
  func dictionaries() throws {
    let segment = EncodedSegment(encoding: trafficBatch(rows: 3000, seed: 5))
    #expect(segment.dictionaries.allSatisfy { $0.column != .userAgent })
    let paths = try #require(try segment.decoded(.path)).filter { $0 != .absent }
    var counts: [Int64: Int] = [:]
    for path in paths { counts[path, default: 0] += 1 }
    let falling = counts.sorted { $0.key < $1.key }.map(\.value)
    #expect(zip(falling, falling.dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test("is the same bytes from a fresh encoder and from a used one")
  func deterministic() {
    let first = trafficBatch(rows: 2000, seed: 6)
    let second = trafficBatch(rows: 700, seed: 7)
    var encoder = SegmentEncoder()
    for batch in 0..<3 {
      let used = batch == 1 ? encoder.encode(second) : encoder.encode(first)
      let fresh = batch == 1 ? EncodedSegment(encoding: second) : EncodedSegment(encoding: first)
      #expect(used.columns.map(\.bytes) == fresh.columns.map(\.bytes))
      #expect(used.dictionaries == fresh.dictionaries)
      #expect(used.variables?.bytes == fresh.variables?.bytes)
    }
  }

  @Test("without rows has no columns")
  func empty() {
    let segment = EncodedSegment(encoding: RequestBatch(capacity: 4))
    #expect(segment.rows == 0)
    #expect(segment.columns.isEmpty)
    #expect(segment.firstArrival == .absent)
  }

  @Test("keeps texts that are not UTF-8 and addresses that are not IPv4")
  func oddTexts() throws {
    var batch = RequestBatch(capacity: 8)
    for bytes in [[UInt8(0xFF), 0xFE], [0xC3], [0x00, 0x0A]] {
      bytes.withUnsafeBufferPointer {
        batch.set(.arrival, 1)
        batch.setSymbol(.referer, $0.baseAddress!, $0.count)
        batch.setClient($0.baseAddress!, $0.count)
      }
      batch.commitRow()
    }
    let segment = EncodedSegment(encoding: batch)
    let referers = try #require(segment.dictionaries.first { $0.column == .referer })
    #expect((0..<3).map { Array(referers.text($0)) } == [[0xFF, 0xFE], [0xC3], [0x00, 0x0A]])
    #expect(try segment.decoded(.client) == [0, 1, 2].map { ClientAddress.symbolBase + $0 })
  }
}

@Suite("Damaged segments") struct DamagedSegmentTests {
  let segment = EncodedSegment(encoding: trafficBatch(rows: 400, seed: 9))

  @Test("every truncation and every flipped byte of a column is an error")
  func columns() throws {
    for column in segment.columns {
      let reference = try column.reference.map { try #require(try segment.decoded($0)) } ?? []
      var values = [Int64](repeating: 0, count: segment.rows)
      func decode(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { blob in
          try reference.withUnsafeBufferPointer { reference in
            try values.withUnsafeMutableBufferPointer {
              try SegmentCodec.decode(blob, checksum: column.checksum, reference: reference, into: $0)
            }
          }
        }
      }
      try decode(column.bytes)
      for position in column.bytes.indices {
        #expect(throws: CorruptSegment.self) { try decode(Array(column.bytes.prefix(position))) }
        var damaged = column.bytes
        damaged[position] ^= 0x10
        #expect(throws: CorruptSegment.self) { try decode(damaged) }
      }
      values = [Int64](repeating: 0, count: segment.rows - 1)
      #expect(throws: CorruptSegment.self, "another row count") { try decode(column.bytes) }
    }
  }

  @Test("a relative column without its reference is an error")
  func missingReference() throws {
    let relative = try #require(segment.columns.first { $0.reference != nil })
    var values = [Int64](repeating: 0, count: segment.rows)
    #expect(throws: CorruptSegment(.missingReference)) {
      try values.withUnsafeMutableBufferPointer { try relative.decode(into: $0) }
    }
    #expect(try relative.bytes.withUnsafeBytes { try SegmentCodec.reference(of: $0) } == relative.reference)
  }

  @Test("damaged path variables never trap, with or without the checksum")
  func variables() throws {
    let variables = try #require(segment.variables)
    let rows = try #require(try segment.decoded(.path))
    let templates = try #require(segment.dictionaries.first { $0.column == .path })
    func open(_ bytes: [UInt8], checked: Bool) throws -> SegmentPaths {
      try bytes.withUnsafeBytes { blob in
        let sum = checked ? variables.checksum : Checksum.of(blob, seed: UInt64(rows.count))
        return try rows.withUnsafeBufferPointer {
          try SegmentPaths(variables: (blob, sum), rows: $0, templates: templates)
        }
      }
    }
    for position in variables.bytes.indices {
      let cut = Array(variables.bytes.prefix(position))
      #expect(throws: CorruptSegment.self) { try open(cut, checked: true) }
      #expect(throws: CorruptSegment.self) { try open(cut, checked: false) }
      var damaged = variables.bytes
      damaged[position] ^= UInt8(1 << (position % 8))
      #expect(throws: CorruptSegment.self) { try open(damaged, checked: true) }
      if let paths = try? open(damaged, checked: false) {
        for row in rows.indices { _ = paths.path(row: row) }
      }
    }
  }

  @Test("lists of numbers come back, damaged ones do not trap")
  func lists() throws {
    for numbers in [[], [5], (0..<3000).map { Int64($0 * $0 % 977) }] as [[Int64]] {
      let blob = SegmentCodec.encodeList(numbers)
      #expect(try blob.withUnsafeBytes { try SegmentCodec.decodeList($0, count: numbers.count) } == numbers)
      #expect(throws: CorruptSegment.self) {
        try blob.dropLast().withUnsafeBytes { try SegmentCodec.decodeList($0, count: numbers.count) }
      }
    }
  }
}
