import Traffic

/// The argument of `%{…}t`: a unit of its own, or a strftime pattern, each for the begin or the end of the request.
struct ApacheTimeFormat {
  enum Shape: Hashable {
    /// `sec`, `msec`, `usec`: a number since 1970.
    case epoch
    /// `%Y-%m-%dT%H:%M:%S` with or without a zone.
    case iso
    /// `%d/%b/%Y:%H:%M:%S` with or without a zone.
    case commonLog
    /// `msec_frac`, `usec_frac`: what follows a decimal point.
    case fraction
    case other
  }

  var shape: Shape
  var isEnd = false
  /// Lower is finer.
  var rank: UInt8

  init(_ argument: String) {
    var pattern = argument
    if pattern.hasPrefix("begin:") { pattern.removeFirst(6) }
    if pattern.hasPrefix("end:") {
      pattern.removeFirst(4)
      isEnd = true
    }
    switch pattern {
    case "usec": (shape, rank) = (.epoch, 0)
    case "msec": (shape, rank) = (.epoch, 1)
    case "sec", "%s": (shape, rank) = (.epoch, 7)
    case "msec_frac", "usec_frac": (shape, rank) = (.fraction, 0)
    default:
      let plain = pattern.replacing("%F", with: "%Y-%m-%d").replacing("%T", with: "%H:%M:%S")
      switch plain {
      case "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S %z":
        (shape, rank) = (.iso, 5)
      case "%d/%b/%Y:%H:%M:%S %z", "%d/%b/%Y:%H:%M:%S": (shape, rank) = (.commonLog, 6)
      default: (shape, rank) = (.other, 0)
      }
    }
    if isEnd { rank += 20 }
  }

  func field(_ text: String) -> TemplateField {
    switch shape {
    case .epoch: TemplateField(.epochStamp, text, rank: rank)
    case .iso: TemplateField(.isoStamp, text, rank: rank)
    case .commonLog: TemplateField(.commonLogStamp, text, rank: rank)
    case .fraction, .other: TemplateField(.skip, text)
    }
  }
}
