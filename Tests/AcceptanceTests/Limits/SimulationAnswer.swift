import Foundation
import TestSupport
import Testing

/// What `headroom simulate --format json` says.
struct SimulationAnswer: Decodable {
  struct Total: Decodable {
    var config: String
    var product: String
    var passed: Int
    var delayed: Int
    var rejected: Int
    var rejected_at_least: Int?
    var rejected_at_most: Int?
    var callers_hit: Int
    var worst_minute: String?
    var worst_minute_rejected: Int?
  }
  struct Limit: Decodable {
    var limit: String
    var place: String
    var status: Int
    var delayed: Int
    var rejected: Int
    var first: String?
  }
  struct Caller: Decodable {
    var caller: String
    var config: String
    var requests: Int
    var delayed: Int
    var rejected: Int
    var first: String?
    var longest_lock_out_us: Int?
    var lock_out_start: String?
  }
  struct Route: Decodable {
    var method: String?
    var route: String
    var requests: Int
    var rejected: Int
  }
  struct Minute: Decodable {
    var minute: String
    var requests: Int
    var rejected: Int
  }
  struct Retries: Decodable {
    var callers: String
    var demand: Int
    var attempts: Int
    var lost: Int
  }
  struct Setting: Decodable {
    var place: String
    var setting: String
    var use: String
  }

  var schema: String
  var requests: Int
  var totals: [Total]
  var limits: [Limit]
  var callers: [Caller]
  var routes: [Route]
  var minutes: [Minute]
  var retries: [Retries]?
  var settings: [Setting]?
  var notes: [String]
  var text: [String]?

  init(_ result: Program.Result) throws {
    try #require([0, 1].contains(result.status) && result.errors.isEmpty, "\(result.status) \(result.errors)")
    self = try JSONDecoder().decode(Self.self, from: Data(result.output.utf8))
    #expect(schema == "headroom.simulation/1")
  }
}
