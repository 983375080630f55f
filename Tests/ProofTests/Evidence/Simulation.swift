import Foundation
import TestSupport

/// What `headroom simulate` says about an imported log and the gateway's own configuration.
struct Simulation {
  /// Verdict by line of the log.
  let verdicts: [Int: ProvenVerdict]
  /// Rejections in all, and the interval where the log's clock is coarse.
  let rejected: Int
  let interval: ClosedRange<Int>?

  private struct Answer: Decodable {
    struct Total: Decodable {
      var rejected: Int
      var rejected_at_least: Int?
      var rejected_at_most: Int?
    }
    var totals: [Total]
  }

  init(of log: ImportedLog, under configuration: String, in folder: TemporaryFolder) throws {
    let decisions = folder.path + "/" + UUID().uuidString + ".csv"
    let result = try Program.headroom.run(
      [
        "simulate", "--store", log.store, "--config", configuration, "--decisions", decisions, "--format", "json",
      ], in: folder)
    guard result.status == 0 else { throw ProofFailure.program("simulate", result.errors + result.output) }
    let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    guard let total = answer.totals.first else { throw ProofFailure.program("simulate", "no totals") }
    rejected = total.rejected
    interval = total.rejected_at_least.flatMap { least in total.rejected_at_most.map { least...$0 } }
    verdicts = try Self.verdicts(try String(contentsOfFile: decisions, encoding: .utf8))
  }

  /// `source,line,arrival_us,key,route,limit,decision,delay_us,status`; no field here holds a comma or a quote but the
  /// limit's name, which the decision is found behind from the end.
  private static func verdicts(_ csv: String) throws -> [Int: ProvenVerdict] {
    var verdicts: [Int: ProvenVerdict] = [:]
    for row in csv.split(separator: "\n").dropFirst() {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count >= 9, let line = Int(fields[1]),
        let verdict = ProvenVerdict(rawValue: String(fields[fields.count - 3]))
      else { throw ProofFailure.program("simulate", "a row of decisions that cannot be read: \(row)") }
      verdicts[line] = verdict
    }
    return verdicts
  }
}
