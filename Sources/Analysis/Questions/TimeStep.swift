public import Traffic

/// Lengths that a window is cut into for a chart: round for a reader, and multiples of them begin at the same instants
/// whoever asks (UTC).
public enum TimeStep {
  private static let seconds: [Int64] = [
    1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000,
  ]

  /// The shortest step of which at most `most` touch a window of this length; an hour where the length is not known.
  public static func fitting(_ span: Microseconds?, most: Int64) -> Microseconds {
    guard let span else { return .hour }
    let steps = seconds.map { Microseconds($0 * Microseconds.second.count) }
    return steps.first { span.count / $0.count + 2 <= most } ?? steps[steps.count - 1]
  }
}
