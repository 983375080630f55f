import Analysis
import Reporting
import Traffic

/// `store retain --raw 30d`: drops single requests older than that; their rollups stay.
struct StoreRetain: Command {
  let words = ["store", "retain"]
  let summary = "drop single requests older than a length of time; rollups stay"
  let examples = [Example("headroom store retain --raw 30d", "counted back from the newest arrival in the store")]
  let options = [
    CommonOptions.store,
    Option(name: "raw", value: "LENGTH", summary: "keep single requests this long, such as 30d"),
    CommonOptions.quiet,
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    guard let text = invocation.value("raw") else {
      throw UsageError(.missingArgument("--raw LENGTH"), command: words)
    }
    let length = try UnitText.parseDuration(text)
    guard length.count > 0 else {
      throw invocation.invalid("--raw", text, expected: "a length above zero, such as 30d")
    }
    guard let newest = try await invocation.openStore().ledger().compactMap(\.lastArrival).max() else {
      try invocation.say("the store is empty: nothing to drop")
      return .done
    }
    let before = Timestamp(microseconds: newest.microseconds &- length.count)
    let dropped = try await invocation.session.services.changeStore(invocation.storePath).dropRows(before: before)
    try invocation.say(
      "dropped \(UnitText.integer(dropped)) requests from before \(TimeText.iso(before)); 'headroom store compact' gives the space back"
    )
    return .done
  }
}
