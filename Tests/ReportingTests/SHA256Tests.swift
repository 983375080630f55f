import Testing

@testable import Reporting

@Suite("SHA-256") struct SHA256Tests {
  @Test("gives the digests of FIPS 180-4's examples", arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func vectors(message: String, digest: String) {
    #expect(SHA256.digest(of: message.utf8).map { VisibleText.hexadecimal(UInt32($0), 2) }.joined() == digest)
  }

  @Test("pads every length to whole blocks", arguments: [55, 56, 57, 63, 64, 65, 119, 120])
  func lengths(count: Int) {
    // The digests differ from those of the neighbours; a wrong block count would trap.
    let message = [UInt8](repeating: 97, count: count)
    #expect(SHA256.digest(of: message).count == 32)
    #expect(SHA256.digest(of: message) != SHA256.digest(of: message + [97]))
  }

  @Test("base 64 pads as RFC 4648 §10 says", arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func base64(plain: String, encoded: String) { #expect(ContentPolicy.base64(Array(plain.utf8)) == encoded) }
}
