import Gateways
import Planning
import Reporting
import Traffic

/// What a calibration found, as a document.
struct CalibrationPage {
  let calibration: Calibration
  let trust: Trust

  var document: Document {
    Document(
      name: "calibration", title: "Calibration",
      blocks: [
        .paragraph(trust.sentence), .facts(facts), .table(verdicts), .table(limits),
        .note(
          "Warm-up is the time that the limits remember; what they decided in it depends on traffic before the log."),
      ])
  }

  private var facts: [Fact] {
    let matrix = calibration.matrix
    return [
      Fact("trust", "Trust", .text(trust.grade.name)),
      Fact("requests", "Requests judged", .integer(matrix.requests)),
      Fact("agreeing", "With the logged verdict", .ratio(matrix.agreeing, of: matrix.requests)),
      Fact("disagreeing", "Disagreements", .integer(matrix.disagreeing)),
      Fact("near_edge", "of them near the edge", .integer(calibration.nearEdge)),
      Fact("logged_rejections", "Rejections logged", .integer(matrix.logged(.rejected))),
      Fact("replayed_rejections", "Rejections replayed", .integer(matrix.replayed(.rejected))),
      Fact("fewest_rejections", "at least, as arrivals move", .integer(calibration.rejections.lowerBound)),
      Fact("most_rejections", "at most, as arrivals move", .integer(calibration.rejections.upperBound)),
      Fact("warm_up", "Warm-up", .duration(calibration.warmUp)),
      Fact("warm_up_requests", "Requests in it", .integer(calibration.warmUpRequests)),
      Fact("unjudged", "Without a verdict", .integer(calibration.unjudged)),
    ]
  }

  private var verdicts: Table {
    Table(
      key: "verdicts", title: "Verdicts",
      columns: [Column("logged", "Logged", .text)]
        + LimitOutcome.allCases.map { Column("replayed_\($0.name)", "Replayed \($0.name)", .integer) },
      rows: LimitOutcome.allCases.map { logged in
        [.text(logged.name)] + LimitOutcome.allCases.map { .integer(calibration.matrix[logged, $0]) }
      },
      total: [.text("all")] + LimitOutcome.allCases.map { .integer(calibration.matrix.replayed($0)) })
  }

  private var limits: Table {
    Table(
      key: "limits", title: "Limits",
      columns: [
        Column("limit", "Limit", .text), Column("place", "Line", .text),
        Column("rejected", "Rejected in the replay", .integer),
        Column("confirmed", "Rejected in the log too", .integer),
        Column("confirmed_share", "Share", .ratio),
      ],
      rows: calibration.rules.map { rule in
        [
          .text(rule.name), .text(rule.place.line > 0 ? "\(rule.place.file):\(rule.place.line)" : rule.place.file),
          .integer(rule.rejected), .integer(rule.confirmed), .ratio(rule.confirmed, of: rule.rejected),
        ]
      })
  }
}
