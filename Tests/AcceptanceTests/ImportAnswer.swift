import Foundation
import TestSupport

/// `headroom import --format json`, as a program reads it.
struct ImportAnswer: Decodable {
  struct Source: Decodable {
    var path: String
    var result: String
    var format: String?
    var lines: Int
    var requests: Int
    var rejected: Int
    var blank: Int
  }

  struct Rejection: Decodable {
    var reason: String
    var lines: Int
  }

  var sources: [Source]
  var rejections: [Rejection]?

  init(_ result: Program.Result) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(result.output.utf8))
  }
}
