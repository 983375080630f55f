import Traffic

/// An axis of instants in the display clock: times in one row, the days they belong to in a second one.
struct TimeAxis {
  /// µs since 1970.
  let first: Int64
  let last: Int64
  let clock: DisplayClock

  /// Units that the labels take below the plot.
  static let foot = 44.0

  /// What `ChartScript` needs to label a part of the axis: the span, and the clock's offsets with their beginnings.
  var data: [(String, String)] {
    [("domain", "\(first) \(last)"), ("zone", zone), ("clock", SVGText.label(clock.name, columns: 40))]
  }

  func svg(_ scale: PlotScale, _ frame: ChartFrame) -> String {
    let count = Int(max(2, frame.width / 62))
    let ticks = TimeTicks(from: first, to: last, atMost: count, clock: clock).ticks
    let labels = ticks.map { ChartAxis.Label(scale.place(Double($0.time)), $0.label) }
    let times = ChartAxis.horizontal(labels, frame)
    let name = "<text class=\"c\" text-anchor=\"end\" x=\"\(SVGText.number(frame.left + frame.width))\" y=\""
      + "\(SVGText.number(frame.bottom + 36))\">\(SVGText.escape(SVGText.label(clock.name, columns: 24)))</text>"
    return "<g class=\"tx\">" + times + days(ticks, scale, frame) + name + "</g>"
  }

  /// The day of the first tick and every midnight; ticks of whole days name it themselves.
  private func days(_ ticks: [TimeTicks.Tick], _ scale: PlotScale, _ frame: ChartFrame) -> String {
    let local = TimeTicks.localSecond(first, clock)
    let year = CivilDate(daysSince1970: local.flooredQuotient(by: 86_400)).year
    guard let leading = ticks.first else { return "" }
    if !leading.label.contains(":") {
      let isYear = leading.label == String(year)
      return isYear ? "" : ChartAxis.horizontal([.init(14, String(year))], frame, row: 1, ticks: false)
    }
    var labels: [ChartAxis.Label] = []
    for (index, tick) in ticks.enumerated() {
      let here = TimeTicks.localSecond(tick.time, clock)
      guard index == 0 || tick.day != nil else { continue }
      let text = TimeTicks.weekday(here) + " " + TimeTicks.dayText(here)
      let room = Double(DisplayWidth.of(text)) * ChartFrame.narrowColumn / 2
      labels.append(.init(max(scale.place(Double(tick.time)), room - frame.left), text))
    }
    // A midnight says more than the first tick.
    if labels.count > 1, labels[1].place - labels[0].place < 10.5 * ChartFrame.column + 8 { labels.removeFirst() }
    // The clock's name stands at the end of this row.
    let end = frame.width - Double(DisplayWidth.of(clock.name) + 8) * ChartFrame.narrowColumn
    return ChartAxis.horizontal(labels.filter { $0.place < end || $0 == labels.first }, frame, row: 1, ticks: false)
  }

  /// `0:3600 1743296400000000:7200`: the offset at the beginning, then every change.
  private var zone: String {
    var changes = ["0:\(clock.offsetSeconds(Timestamp(microseconds: first)))"]
    guard Double(last) - Double(first) < 20 * 366 * 86_400e6 else { return changes[0] }
    var at = first
    while at < last, changes.count < 64 {
      let next = min(last, at.addingReportingOverflow(86_400_000_000).partialValue)
      guard next > at else { break }
      if offset(next) != offset(at) { changes.append("\(change(at, next)):\(offset(next))") }
      at = next
    }
    return changes.joined(separator: " ")
  }

  /// The first second with the new offset, by halving.
  private func change(_ before: Int64, _ after: Int64) -> Int64 {
    var (low, high) = (before, after)
    let old = offset(before)
    while high - low > 1_000_000 {
      let middle = low + (high - low) / 2
      if offset(middle) == old { low = middle } else { high = middle }
    }
    return high.flooredQuotient(by: 1_000_000) * 1_000_000
  }

  private func offset(_ time: Int64) -> Int64 { clock.offsetSeconds(Timestamp(microseconds: time)) }
}
