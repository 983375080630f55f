internal import Traffic

/// A column of a batch of rollups.
enum RollupColumn: Int, CaseIterable {
  /// What the requests of a rollup have in common, and sums over those that had a value, each followed by their number.
  case source, start, template, routeName, method, outcome, statusClass, cache
  case requests, bytesIn, bytesInCount, bytesOut, bytesOutCount, upstream, upstreamCount
  /// From the sketch of durations: its sum (the bits of a `UInt64`), the same as a number, and where its buckets lie.
  case durationSum, durationTotal, durationCount, shortest, longest, overflow, firstBucket, endOfBuckets
  /// The template's route, else the gateway's own name.
  case route
  /// Absent in every row: stands for whatever rollups do not keep.
  case nothing

  /// Its name in the table; nil for one that is worked out.
  var storedName: String? {
    switch self {
    case .source: "source"
    case .start: "start"
    case .template: "template"
    case .routeName: "route_name"
    case .method: "method"
    case .outcome: "outcome"
    case .statusClass: "status_class"
    case .cache: "cache"
    case .requests: "requests"
    case .bytesIn: "bytes_in"
    case .bytesInCount: "bytes_in_count"
    case .bytesOut: "bytes_out"
    case .bytesOutCount: "bytes_out_count"
    case .upstream: "upstream"
    case .upstreamCount: "upstream_count"
    default: nil
    }
  }

  /// Columns that a sketch gives.
  static let ofSketch: [RollupColumn] = [
    .durationSum, .durationTotal, .durationCount, .shortest, .longest, .overflow, .firstBucket, .endOfBuckets,
  ]

  /// The value that all requests of a rollup have in a column.
  init(_ column: ScanColumn) {
    switch column {
    case .source: self = .source
    case .route: self = .route
    case .stored(.path): self = .template
    case .stored(.routeName): self = .routeName
    case .stored(.method): self = .method
    case .stored(.outcome): self = .outcome
    case .stored(.cache): self = .cache
    case .stored(.arrival): self = .start
    case .stored: self = .nothing
    }
  }

  /// Columns of the table and of sketches that must be read for this one.
  var sources: [RollupColumn] {
    switch self {
    case .route: [.template, .routeName]
    case .nothing: []
    default: [self]
    }
  }
}
