import Testing

@testable import Traffic

/// Splits targets and puts them together again.
private struct Splitter: ~Copyable {
  var batch = RequestBatch(capacity: 4096)

  init(keepSecrets: Bool = false) { batch.templates.keepSecrets = keepSecrets }

  /// Adds a row with a target; the bytes before and behind it are not its own.
  mutating func add(_ target: [UInt8]) {
    var padded: [UInt8] = Array("GET ".utf8)
    padded += target
    padded += Array(" HTTP/1.1".utf8)
    let count = target.count
    padded.withUnsafeBufferPointer { batch.setTarget($0.baseAddress! + 4, count) }
    batch.set(.arrival, 0)
    batch.commitRow()
  }

  func template(row: Int) -> String {
    batch.withSymbol(.path, Int(batch.values(.path)![row])) { String(decoding: $0, as: UTF8.self) }
  }

  func bytes(row: Int) -> [UInt8] {
    var slot = 0
    let paths = batch.values(.path)!
    for earlier in 0..<row { slot += batch.variables.slotCount(template: Int(paths[earlier])) }
    return batch.withSymbol(.path, Int(paths[row])) { batch.variables.render(template: $0, firstSlot: slot) }
  }
}

@Suite("Path templates")
struct PathTemplateTests {
  @Test("see variables where people see them", arguments: [
    ("/v2.1/orders/4f0c2f6e-8a57-4d3b-9a3a-0d4f5f7a9b10/items", "/v2.1/orders/{uuid}/items"),
    ("/reports/2026-11", "/reports/{date}"),
    ("/static/app.3f9a1c2b7d.js", "/static/app.{hash}.js"),
    ("/static/app.js", "/static/app.js"),
    ("/o/ord_8F3K29XQ", "/o/ord_{id}"),
    ("/i/SKU-00123", "/i/SKU-{id}"),
    ("/u/alice@example.test", "/u/{email}"),
    ("/h/9e107d9d372bb6826bd81d3542a419d6", "/h/{hash}"),
    ("/t/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/t/{ulid}"),
    ("/p/how-to-tune-a-gateway-fast", "/p/{slug}"),
    ("/s/caf%C3%A9", "/s/{var}"),
    ("/x;jsessionid=AB12/y", "/x{matrix}/y"),
    ("/files/88213.pdf", "/files/{int}.pdf"),
    ("/api/v1beta1/ns", "/api/v1beta1/ns"),
    ("/tok/eyJhbGciOiJIUzI1NiJ9", "/tok/{token}"),
    ("/ip/10.0.0.1", "/ip/{ip}"),
    ("/oauth2/token", "/oauth2/token"),
    ("/s3/bucket", "/s3/bucket"),
    ("/2fa/verify", "/2fa/verify"),
    ("/deadbeef", "/deadbeef"),
    ("/errors/404", "/errors/{int}"),
    ("/users/812/orders?x=1&q=a b", "/users/{int}/orders?x={int}&q={text}"),
    ("/files/88213.PDF", "/files/{int}.PDF"),
    ("/files/4f0c2f6e-8a57-4d3b-9a3a-0d4f5f7a9b10.woff2", "/files/{uuid}.woff2"),
    ("/files/88213.avif", "/files/{int}.avif"),
    ("/files/1.2", "/files/1.2"),
    ("/x.action", "/x.action"),
    ("/v1", "/v1"),
    ("/v123/a", "/v123/a"),
    ("/v1234/a", "/{id}/a"),
    ("/v12;a=1", "/v12{matrix}"),
    ("/a/007", "/a/{id}"),
    ("/a/0", "/a/{int}"),
    ("/a/-5", "/a/{int}"),
    ("/a/12345678", "/a/{int}"),
    ("/a/123456789012345678", "/a/{int}"),
    ("/a/12345678901234567890123", "/a/{id}"),
    ("/a//b/", "/a//b/"),
    ("*", "*"),
    ("/a?b", "/a?b"),
    ("/a?b=&c", "/a?b=&c"),
    ("/a?&&b=1", "/a?&&b={int}"),
    ("/a?x=-3", "/a?x={int}"),
    ("/a#top", "/a"),
    ("/a?b=1#top", "/a?b={int}"),
    ("/a?b=1&=2", "/a?b={int}&{query}"),
    ("/login?token=s3cret&user=bob", "/login?token=***&user={text}"),
    ("/login?API_KEY=s3cret", "/login?API_KEY=***"),
  ])
  func masks(target: String, template: String) {
    var splitter = Splitter()
    splitter.add(Array(target.utf8))
    #expect(splitter.template(row: 0) == template)
  }

  /// Bytes that paths are made of, the odd ones included.
  private static let alphabet = Array("//////??&&==;;#abcxyzABCZ0123456789--__..~!$+,'*@:()%{}\"\\| ".utf8) + [0, 9, 127, 0xC3, 0xA9, 0xFF]

  private static let pieces = [
    "users", "v1", "orders", "4f0c2f6e-8a57-4d3b-9a3a-0d4f5f7a9b10", "2026-11-22", "812", "0", "007", "99999999",
    "123456789", "-12", "a_b", "how-to-tune-a-gateway-fast", "app.3f9a1c2b7d.js", "Orders(42)", "x;y=1", "caf%C3%A9",
    "search", "abcdefgh", "abcdefghi", "abcdefghijklmnopq", "SKU-00123", "q=1", "page=2&limit=30", "", "*",
  ]

  @Test("give the bytes back", arguments: [UInt64(1), 2, 3, 4])
  func roundTrip(seed: UInt64) {
    var random = PathRandom(state: seed)
    var targets: [[UInt8]] = []
    for _ in 0..<1500 {
      var target: [UInt8] = [UInt8(ascii: "/")]
      if random.next() % 2 == 0 {
        for _ in 0..<random.below(40) { target.append(Self.alphabet[random.below(Self.alphabet.count)]) }
      } else {
        for _ in 0..<random.below(8) {
          target += Array(Self.pieces[random.below(Self.pieces.count)].utf8)
          target.append(random.next() % 5 == 0 ? UInt8(ascii: "?") : UInt8(ascii: "/"))
        }
      }
      targets.append(target)
    }
    var splitter = Splitter(keepSecrets: true)
    for target in targets { splitter.add(target) }
    for row in stride(from: 0, to: targets.count, by: 7) {
      let expected = Array(targets[row].prefix { $0 != UInt8(ascii: "#") })
      let rendered = splitter.bytes(row: row)
      #expect(rendered == expected, "seed \(seed): \(String(decoding: targets[row], as: UTF8.self))")
    }
  }

  @Test("do not depend on what stood before")
  func orderIndependent() {
    var alone: [String] = []
    for piece in Self.pieces {
      var splitter = Splitter()
      splitter.add(Array("/a/\(piece)/b".utf8))
      alone.append(splitter.template(row: 0))
    }
    var together = Splitter()
    for piece in Self.pieces.reversed() { together.add(Array("/a/\(piece)/b".utf8)) }
    for (index, template) in alone.reversed().enumerated() { #expect(together.template(row: index) == template) }
  }

  @Test("stay inside their room however long the target is", arguments: [
    String(repeating: "a", count: 5000), String(repeating: "/a", count: 5000), String(repeating: "/7", count: 5000),
    "/" + String(repeating: "a", count: 3000) + ".3f9a1c2b7d.js", "/x.3f9a1c2b7d." + String(repeating: "j", count: 3000),
    "/" + String(repeating: "a", count: 3000) + "(42)", "/a?" + String(repeating: "k=1&", count: 3000),
    "/a?" + String(repeating: "k&", count: 3000), "/" + String(repeating: ";a", count: 3000),
    String(repeating: "/" + String(repeating: "b", count: 64), count: 40),
    "/a?" + String(repeating: String(repeating: "k", count: 48) + "=v&", count: 200),
  ])
  func longTargets(target: String) {
    var splitter = Splitter()
    splitter.add(Array(target.utf8))
    #expect(splitter.template(row: 0).utf8.count <= Limits.templateBytes * 2)
    #expect(splitter.bytes(row: 0) == Array(target.utf8))
  }
}

@Suite("Client addresses")
struct ClientAddressTests {
  private func parse(_ text: String) -> Int64? {
    let bytes = Array("  \(text)  ".utf8)
    return bytes.withUnsafeBufferPointer { ClientAddress.parseIPv4($0.baseAddress! + 2, text.utf8.count) }
  }

  /// One part after another, by the book.
  private func oracle(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: Int64 = 0
    for part in parts {
      guard let value = Int64(part), String(value) == part, value >= 0, value <= 255 else { return nil }
      address = address << 8 | value
    }
    return address
  }

  @Test("agree with an oracle on addresses and on what is none", arguments: [UInt64(1), 2])
  func random(seed: UInt64) {
    var random = PathRandom(state: seed)
    let odd = Array("0123456789....:af-")
    for _ in 0..<5000 {
      var text = (0..<4).map { _ in String(random.below(300)) }.joined(separator: ".")
      if random.below(3) == 0 {
        text = String((0..<(7 + random.below(9))).map { _ in odd[random.below(odd.count)] })
      }
      #expect(parse(text) == oracle(text), "\(text)")
    }
  }

  @Test("are canonical only", arguments: ["01.2.3.4", "1.2.3.256", "1.2.3", "1.2.3.4.", ".1.2.3.4", "1..2.3.4", "1.2.3.1234"])
  func notCanonical(text: String) { #expect(parse(text) == nil) }

  @Test("come back as text", arguments: ["0.0.0.0", "255.255.255.255", "1.2.3.4", "10.0.0.1", "203.0.113.255"])
  func text(text: String) { #expect(parse(text).map { ClientAddress.ipv4Text($0) } == text) }
}

@Suite("Symbol tables")
struct SymbolTableTests {
  @Test("number distinct strings in order of appearance", arguments: [UInt64(1), 2])
  func numbers(seed: UInt64) {
    var random = PathRandom(state: seed)
    var table = SymbolTable()
    var oracle: [[UInt8]: Int] = [:]
    for _ in 0..<8000 {
      let bytes = (0..<random.below(40)).map { _ in UInt8(97 + random.below(2)) }
      let expected = oracle[bytes] ?? oracle.count
      oracle[bytes] = expected
      let padded = bytes + [0]
      let number = padded.withUnsafeBufferPointer { table.intern($0.baseAddress!, bytes.count) }
      #expect(number == expected)
    }
    #expect(table.count == oracle.count)
  }
}

/// SplitMix64.
private struct PathRandom {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ bound: Int) -> Int { bound == 0 ? 0 : Int(next() % UInt64(bound)) }
}
