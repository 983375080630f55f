internal import Traffic

/// How far a what-if about limits may be trusted, in a word and a sentence that travels with it.
public struct Trust: Hashable, Sendable {
  public enum Grade: Int, Comparable, Sendable, Hashable, CaseIterable {
    case doNotUse = 0, rough, usable, good

    public var name: String {
      switch self {
      case .doNotUse: "do not use"
      case .rough: "rough"
      case .usable: "usable"
      case .good: "good"
      }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// Where a store keeps the sentence for the answers of `simulate`.
  public static let noteName = "calibration.limits"

  public var grade: Grade
  public var sentence: String

  /// Whole-second stamps and limits that never rejected cannot show more than this.
  private static let coarse = Grade.rough
  private static let untested = Grade.usable

  /// - Parameter configuration: what the sentence calls it.
  public init(_ calibration: Calibration, configuration: String) {
    let matrix = calibration.matrix
    guard let agreement = calibration.agreement, !calibration.rules.isEmpty else {
      grade = .doNotUse
      sentence = "Nothing could be checked: \(Self.obstacle(calibration, configuration))."
      return
    }
    let logged = matrix.logged(.rejected)
    let difference = abs(calibration.rejectionDifference)
    var grade = Self.grade(agreement: agreement, difference: difference, of: max(logged, matrix.replayed(.rejected)))
    var caveats: [String] = []
    if logged == 0, matrix.replayed(.rejected) == 0 {
      grade = min(grade, Self.untested)
      caveats.append("no request was rejected, so rejections are untested")
    }
    if calibration.resolution.count >= 1_000_000 {
      grade = min(grade, Self.coarse)
      caveats.append("the log's clock has steps of \(Self.seconds(calibration.resolution.count))")
    }
    self.grade = grade
    sentence =
      "Replaying \(configuration) gives the logged verdict for \(Self.percent(matrix.agreeing, of: matrix.requests)) of"
      + " \(Self.grouped(matrix.requests)) requests (rejected: \(Self.grouped(logged)) logged,"
      + " \(Self.grouped(matrix.replayed(.rejected))) replayed); " + Self.edge(calibration)
      + caveats.map { "; " + $0 }.joined() + ": \(grade.name)."
  }

  private static func obstacle(_ calibration: Calibration, _ configuration: String) -> String {
    if calibration.rules.isEmpty { return "\(configuration) has no limit that is read" }
    if calibration.warmUpRequests == 0, calibration.unjudged == 0 { return "no request is in the window" }
    return "the log is no longer than the \(seconds(calibration.warmUp.count)) that the limits of \(configuration)"
      + " remember"
  }

  /// Where the disagreements lie.
  private static func edge(_ calibration: Calibration) -> String {
    let edge = nearness(calibration)
    return switch (calibration.matrix.disagreeing, calibration.nearEdge) {
    case (0, _): "no disagreement"
    case (1, 0): "the one disagreement is not \(edge)"
    case (1, _): "the one disagreement is \(edge)"
    case (let all, let near) where near == all: "all \(grouped(all)) disagreements are \(edge)"
    case (let all, let near): "\(grouped(near)) of \(grouped(all)) disagreements are \(edge)"
    }
  }

  /// What `nearEdge` means for this log.
  private static func nearness(_ calibration: Calibration) -> String {
    calibration.resolution.count > 2 * CalibrationQuestion.edge.count
      ? "inside the steps of the log's clock" : "within 2 ms of the limit's edge"
  }

  /// - Parameter difference: of the totals of rejections; one request more or less is none.
  private static func grade(agreement: Double, difference: Int64, of rejections: Int64) -> Grade {
    let off = difference <= 1 ? 0 : Double(difference) / Double(rejections)
    if agreement >= 0.99, off <= 0.02 { return .good }
    if agreement >= 0.95, off <= 0.10 { return .usable }
    return agreement >= 0.80 && off <= 0.30 ? .rough : .doNotUse
  }

  /// Never rounded up to 100 %.
  private static func percent(_ part: Int64, of all: Int64) -> String {
    let hundredths = Int64((Double(part) / Double(all) * 10_000).rounded(.down))
    let text = hundredths % 100 == 0 ? "" : "." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
    return "\(hundredths / 100)\(text) %"
  }

  /// `12,345`
  private static func grouped(_ count: Int64) -> String {
    count < 1_000 ? "\(count)" : grouped(count / 1_000) + "," + String(count % 1_000 + 1_000).dropFirst()
  }

  private static func seconds(_ microseconds: Int64) -> String {
    let milliseconds = microseconds / 1_000
    return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
  }
}
