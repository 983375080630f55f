import Scanning

/// A share as people write it: `99.9%`.
enum ShareArgument {
  /// In millionths; nil for anything else and for more than four places after the point.
  static func millionths(_ text: String) -> Int64? {
    guard text.hasSuffix("%") else { return nil }
    return ExactDecimal(text.dropLast())?.scaled(by: 10_000)
  }
}
