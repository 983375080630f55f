/// Five shades with round bounds.
struct HeatSteps {
  /// Lower bounds of the steps in use, rising.
  let bounds: [Double]
  /// The shade 0…4 of every step.
  let shades: [Int]
  let labels: [String]

  init(_ values: [Double], unit: AxisUnit) {
    guard let low = values.min(), let high = values.max() else {
      (bounds, shades, labels) = ([], [], [])
      return
    }
    guard high > low else {
      bounds = [low]
      shades = [low == 0 ? 0 : 3]
      labels = [unit.text(low)]
      return
    }
    // From 0, unless all values lie in the upper half.
    let base = low >= 0 && low < high / 2 ? 0 : low
    let step = Self.step(high - base, unit)
    let start = (base / step + 1e-9).rounded(.down) * step
    // Below the highest value: a step that only the highest value itself would fill is no step.
    var bounds = LinearTicks.multiples(of: step, from: start, to: high).filter { $0 < high }
    if bounds.isEmpty { bounds = [start] }
    if bounds.count > 5 { bounds.removeLast(bounds.count - 5) }
    self.bounds = bounds
    shades = bounds.indices.map { bounds.count == 1 ? 3 : Int((Double($0) * 4 / Double(bounds.count - 1)).rounded()) }
    labels = bounds.indices.map { index in
      guard index + 1 < bounds.count else { return "≥ " + unit.text(bounds[index]) }
      return unit.text(bounds[index]) + " – " + unit.text(bounds[index + 1])
    }
  }

  /// The shade 0…4 of a value.
  func step(_ value: Double) -> Int {
    let index = bounds.lastIndex { $0 <= value } ?? 0
    return shades.indices.contains(index) ? shades[index] : 0
  }

  /// The smallest step that makes five shades enough. Finer than that of an axis, or two shades would often do the
  /// work of five.
  private static func step(_ range: Double, _ unit: AxisUnit) -> Double {
    let round = unit.step(range, atMost: 5)
    guard unit != .bytes, unit != .duration else { return round }
    let fine = [0.3, 0.4, 0.5, 0.6, 0.8].map { $0 * round }.first { $0 * 5 >= range * (1 - 1e-9) }
    guard let fine, unit != .count || fine == fine.rounded() else { return round }
    return fine
  }
}
