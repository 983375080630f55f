import Foundation
import Testing
import Traffic

@testable import Formats

/// One line with the values it must give, of `tricky-vectors.jsonl`.
struct TrickyVector: Sendable, CustomTestStringConvertible {
  /// A value of `expect`.
  enum Value: Hashable, Sendable {
    case absent
    case number(Int64)
    case text(String)
    case flag(Bool)
    case list([String])

    var text: String? {
      switch self {
      case .absent: nil
      case .number(let value): String(value)
      case .text(let value): value
      case .flag(let value): String(value)
      case .list(let items): items.joined(separator: ", ")
      }
    }
  }

  var id: String
  var format: String
  var line: [UInt8]
  var expect: [(key: String, value: Value)]

  var testDescription: String { "\(id) \(format)" }

  /// All vectors; empty without the shared folder.
  static let all: [TrickyVector] = {
    guard let bytes = try? SharedSamples.bytes("tricky-vectors.jsonl") else { return [] }
    return bytes.split(separator: 10).compactMap { TrickyVector(json: Data($0)) }
  }()

  init?(json: Data) {
    guard let object = try? JSONSerialization.jsonObject(with: json) as? [String: Any],
      let id = object["id"] as? String, let format = object["format"] as? String,
      let expect = object["expect"] as? [String: Any]
    else { return nil }
    self.id = id
    self.format = format
    if let base64 = object["line_base64"] as? String, let data = Data(base64Encoded: base64) {
      line = [UInt8](data)
    } else if let text = object["line"] as? String {
      line = [UInt8](text.utf8)
    } else {
      return nil
    }
    self.expect = expect.map { ($0.key, Self.value($0.value)) }.sorted { $0.key < $1.key }
  }

  private static func value(_ any: Any) -> Value {
    switch any {
    case is NSNull: return .absent
    case let number as NSNumber where String(cString: number.objCType) == "c": return .flag(number.boolValue)
    case let number as NSNumber: return .number(number.int64Value)
    case let text as String: return .text(text)
    case let items as [Any]: return .list(items.map { "\($0)" })
    default: return .text("\(any)")
    }
  }
}

/// What one format made of one line.
struct ParsedLine: ~Copyable {
  var batch: RequestBatch
  var basis: StampBasis

  init(_ line: [UInt8], _ format: any LogFormat) {
    basis = format.basis
    batch = RequestBatch(capacity: 64)
    batch.notes = LineNotes()
    batch.templates.keepSecrets = true
    line.withUnsafeBufferPointer { block in
      _ = format.parse(block, from: LinePosition(), into: &batch)
    }
  }

  /// The text of a vector's key, nil when absent; lists joined with `, `.
  func text(_ key: String) -> String? {
    guard batch.count > 0 else { return note(key) }
    switch key {
    case "path": return batch.pathText(row: 0).map { String($0.prefix { $0 != "?" }) }
    case "query":
      guard let target = batch.pathText(row: 0), let mark = target.firstIndex(of: "?") else { return nil }
      return String(target[target.index(after: mark)...])
    case "t_start_us": return batch.text(.arrival, row: 0)
    case "t_end_us": return endText
    case "t_basis": return basis == .start ? "start" : "end"
    case "retries": return number(.attempts).map { String($0 - 1) }
    case "proto": return number(.wireProtocol).flatMap { Self.protocols[$0] } ?? "unknown"
    case "rl": return number(.limit).flatMap { Self.verdict($0) }
    case "ok_for_latency": return String(isLatency)
    case "records": return String(batch.count)
    case "route": return batch.text(.routeName, row: 0) ?? note("route")
    default:
      guard let column = Self.columns[key] else { return note(key) }
      return batch.text(column, row: 0)
    }
  }

  /// All notes of a name, in order: lists are written as repeated notes.
  private func note(_ key: String) -> String? {
    let values = (batch.notes?.notes ?? []).filter { $0.name == key }.map(\.value)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  private func number(_ column: RequestColumn) -> Int64? {
    guard let values = batch.values(column), values[0] != .absent else { return nil }
    return values[0]
  }

  private var endText: String? {
    number(.arrival).map { String($0 + (number(.duration) ?? 0)) }
  }

  private var isLatency: Bool {
    guard let status = number(.status), ![0, 101, 408, 499].contains(status) else { return false }
    return number(.outcome).flatMap { Outcome(rawValue: $0) }?.countsForLatency ?? false
  }

  private static func verdict(_ code: Int64) -> String? {
    guard let verdict = LimitVerdict(rawValue: code) else { return nil }
    return verdict == .inferredRejected ? "rejected?" : verdict.name
  }

  private static let protocols: [Int64: String] = [
    WireProtocol.http09.rawValue: "h09", WireProtocol.http10.rawValue: "h10", WireProtocol.http11.rawValue: "h11",
    WireProtocol.http2.rawValue: "h2", WireProtocol.http3.rawValue: "h3", WireProtocol.grpc.rawValue: "grpc",
    WireProtocol.webSocket.rawValue: "ws", WireProtocol.tcp.rawValue: "tcp",
  ]

  private static let columns: [String: RequestColumn] = [
    "dur": .duration, "up_dur": .upstreamDuration, "ttfb": .firstByte, "queue": .queueWait, "up_connect": .connect,
    "status": .status, "up_status": .upstreamStatus, "bytes_in": .bytesIn, "bytes_out": .bytesOut,
    "client_ip": .client, "method": .method, "host": .host, "service": .service, "up_addr": .upstream,
    "consumer": .consumer, "ua": .userAgent, "referer": .referer, "flags_raw": .termination, "cache": .cache,
    "outcome": .outcome,
  ]
}
