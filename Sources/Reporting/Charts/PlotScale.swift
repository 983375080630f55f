/// Where a value lies on an axis.
struct PlotScale: Hashable, Sendable {
  enum Kind: String, Hashable, Sendable {
    case linear
    /// Equal factors at equal distances; values of 0 and below lie at the axis' start.
    case log
    /// Quantiles 0…1 by the number of nines: -log10(1 - q).
    case tail
  }

  var kind: Kind
  /// Values at the axis' ends.
  var from: Double
  var until: Double
  /// Places of the ends, in drawing units.
  var start: Double
  var end: Double

  /// The place of a value; values outside lie outside, an axis of no length has everything in its middle.
  func place(_ value: Double) -> Double {
    let (low, high, here) = (Self.stretch(from, kind), Self.stretch(until, kind), Self.stretch(value, kind))
    guard high > low, low.isFinite, high.isFinite else { return (start + end) / 2 }
    guard here.isFinite else { return here > 0 ? end : start }
    return start + (here - low) / (high - low) * (end - start)
  }

  /// The value in which the axis is linear.
  static func stretch(_ value: Double, _ kind: Kind) -> Double {
    switch kind {
    case .linear: value
    case .log: value > 0 ? Logarithm.base10(value) : -.infinity
    case .tail: value < 1 ? -Logarithm.base10(1 - max(0, value)) : .infinity
    }
  }
}
