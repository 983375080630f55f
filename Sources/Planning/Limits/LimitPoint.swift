public import Gateways
public import Traffic

/// The part of a limit that is chosen before its size: a rate, or a window.
public enum LimitPoint: Hashable, Sendable {
  case rate(LimitRate)
  /// Its length.
  case window(Microseconds)

  /// nil for a window.
  public var rate: LimitRate? {
    if case .rate(let rate) = self { rate } else { nil }
  }
  /// nil for a rate.
  public var window: Microseconds? {
    if case .window(let window) = self { window } else { nil }
  }
}
