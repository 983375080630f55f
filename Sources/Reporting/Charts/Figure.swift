public import Traffic

/// A chart over a table: the chart says which columns go where, so that what is drawn is what the table says.
public struct Figure: Hashable, Sendable {
  /// Anchor and JSON key, unique in the document.
  public var id: String
  public var title: String
  public var chart: Chart
  /// What the value axis measures: "requests per second", "ms".
  public var unit: String
  /// First and last instant of what is shown.
  public var first: Timestamp?
  public var last: Timestamp?
  /// Requests (or spans) behind it.
  public var samples: Int64
  /// All the numbers that are drawn. Its derivation is the figure's.
  public var table: Table

  public init(
    id: String, title: String, chart: Chart, unit: String, first: Timestamp?, last: Timestamp?, samples: Int64,
    table: Table
  ) {
    self.id = id
    self.title = title
    self.chart = chart
    self.unit = unit
    self.first = first
    self.last = last
    self.samples = samples
    self.table = table
  }

  /// `requests per second · 2026-11-22 00:00:00Z – 2026-11-22 23:59:59Z · n = 4,000,000`.
  func measure(clock: DisplayClock) -> String {
    let window = [first, last].compactMap { $0.map(clock.text) }.joined(separator: " – ")
    return [unit, window, "n = " + UnitText.integer(samples)].filter { !$0.isEmpty }.joined(separator: " · ")
  }
}

/// How the columns of a table are drawn, by their keys.
public enum Chart: Hashable, Sendable {
  /// One line per series over x (timestamps or numbers); `band` shades between two columns.
  case line(x: String, series: [String], band: Band?)
  /// Series on top of each other; x as for a line.
  case stackedArea(x: String, series: [String])
  /// One cell per row; x and y are categories in order of appearance.
  case heatMap(x: String, y: String, value: String)
  /// Bars on a logarithmic duration axis: from, until (durations), one count per series.
  case logHistogram(from: String, until: String, series: [String])
  /// Durations (log axis) over quantiles (a column of reals 0…1) stretched towards 1: -log10(1-q).
  case percentileCurve(quantile: String, series: [String])
  /// Smallest burst over rate, one line per series.
  case frontier(rate: String, series: [String])
  /// One lane per distinct lane text; a bar from…until (timestamps), told apart by state.
  case timeline(lane: String, from: String, until: String, state: String)
  /// Spans of one trace: label, depth (integer), start and length (durations).
  case waterfall(label: String, depth: String, start: String, length: String)

  /// Two columns with the area between them shaded.
  public struct Band: Hashable, Sendable {
    public var low: String
    public var high: String
    public init(low: String, high: String) {
      self.low = low
      self.high = high
    }
  }
}
