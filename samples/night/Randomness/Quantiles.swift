/// Inverse distribution functions as tables: one uniform draw in, one sample out, linear in between.
struct Quantiles {
  /// Intervals of a table; its points are one more.
  static let intervals = 4096

  private let points: [Double]

  /// The value below which a share `uniform` of the distribution lies: 12 bits of interval, 20 bits inside.
  @inline(__always)
  func value(at uniform: UInt32) -> Double {
    let index = Int(uniform >> 20)
    let inside = Double(uniform & 0xF_FFFF) * 0x1p-20
    let low = points[index]
    return low + (points[index + 1] - low) * inside
  }

  /// The exponential distribution with mean 1: −ln(1 − u), cut at 12.
  static let exponential: Quantiles = {
    let points = (0...intervals).map { index -> Double in
      guard index < intervals else { return 12 }
      let ratio = Double(intervals) / Double(intervals - index)
      return ExactMath.binaryLogarithm(ratio) / ExactMath.binaryLogarithmOfE
    }
    return Quantiles(points: points)
  }()

  /// The standard normal distribution, cut at ±4.5, by summing its density over small steps.
  static let normal: Quantiles = {
    let limit = 4.5
    let steps = 1 << 17
    let width = 2 * limit / Double(steps)
    let density = (0..<steps).map { step -> Double in
      let x = -limit + (Double(step) + 0.5) * width
      return ExactMath.exponential(-x * x / 2)
    }
    let area = density.reduce(0, +)
    var points = [-limit]
    var sum = 0.0
    for (step, height) in density.enumerated() {
      sum += height
      while points.count < intervals, sum >= area * Double(points.count) / Double(intervals) {
        points.append(-limit + Double(step + 1) * width)
      }
    }
    points.append(limit)
    return Quantiles(points: points)
  }()
}
