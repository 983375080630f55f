/// Random numbers without a state: each is a hash of what it is for, so that two scenarios, any number of threads and
/// any order of events see the same number for the same request (common random numbers).
///
/// h(seed, entity, purpose, k): four rounds h ← mix(h ⊕ x + G), x = entity, purpose, k, begun with mix(seed + G).
/// - Source: mix is the finaliser of SplitMix64, Steele, Lea and Flood, OOPSLA 2014; G is its golden-ratio increment.
public struct CounterRandom: Hashable, Sendable, BitwiseCopyable {
  /// What a number is drawn for; numbers of different purposes are independent.
  public enum Purpose: UInt64, Sendable, BitwiseCopyable {
    /// Whether a rejected attempt is tried again.
    case retries = 1
    /// How long the caller waits.
    case wait = 2
    /// Whether a recorded attempt was a retry.
    case linked = 3
    /// Whether a session is copied, and how far its copies are shifted.
    case growth = 4
  }

  @usableFromInline let state: UInt64

  /// The numbers of one entity, such as a request, under a seed.
  @inlinable
  public init(seed: UInt64, entity: UInt64) {
    state = Self.round(Self.mix(seed &+ Self.increment), entity)
  }

  @inlinable
  public func bits(_ purpose: Purpose, _ k: UInt64) -> UInt64 {
    Self.round(Self.round(state, purpose.rawValue), k)
  }

  /// Uniform in [0, 1), with 53 bits.
  @inlinable
  public func uniform(_ purpose: Purpose, _ k: UInt64) -> Double {
    Double(bits(purpose, k) >> 11) * 0x1p-53
  }

  /// A whole number, each of 0…`bound` as likely as the others to within 2⁻⁶⁴ · `bound`.
  @inlinable
  public func integer(upTo bound: Int64, _ purpose: Purpose, _ k: UInt64) -> Int64 {
    guard bound > 0 else { return 0 }
    return Int64(bits(purpose, k).multipliedFullWidth(by: UInt64(bound) + 1).high)
  }

  @usableFromInline static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  @inlinable
  static func round(_ hash: UInt64, _ x: UInt64) -> UInt64 { mix((hash ^ x) &+ increment) }

  /// A bijection of 64 bits that leaves no pattern.
  @inlinable
  public static func mix(_ word: UInt64) -> UInt64 {
    var mixed = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
