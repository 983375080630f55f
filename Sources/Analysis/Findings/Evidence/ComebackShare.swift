internal import Statistics
import Traffic

/// How surely callers came back because something went wrong, and not because they always come that often.
enum ComebackShare {
  /// Standard errors that both shares are moved towards each other.
  static let certainty = 2.6
  /// Requests that went wrong below which nothing is said.
  static let fewest: Int64 = 30

  /// The least that r̂ = (q₁ − q₀)/(1 − q₀) can be; nil where there is too little to tell.
  static func leastRetryProbability(_ answer: Comebacks.Answer) -> Double? {
    guard answer.isComplete, answer.troubled.events >= fewest,
      let after = ShareInterval(Int(answer.troubled.followed), of: Int(answer.troubled.events), z: certainty)
    else { return nil }
    // Without anything that went well there is no telling what is usual.
    guard let usual = ShareInterval(Int(answer.fine.followed), of: Int(answer.fine.events), z: certainty) else { return nil }
    return RetryOdds.retryProbability(afterRejection: after.lower, background: usual.upper)
  }

  static func evidence(_ question: Comebacks, _ answer: Comebacks.Answer) -> [Finding.Evidence] {
    let derivation = Derivation.query(question.query)
    let what = question.trouble == .failed ? "Failed requests" : "Refused requests"
    return [
      Finding.Evidence("troubled", what, .integer(answer.troubled.events), derivation),
      Finding.Evidence("came_back", "Of those, the caller was back on the route", .integer(answer.troubled.followed), derivation),
      Finding.Evidence("fine", "Successes of the same callers and routes", .integer(answer.fine.events), derivation),
      Finding.Evidence("fine_followed", "Of those, the caller came again as soon", .integer(answer.fine.followed), derivation),
    ]
  }
}
