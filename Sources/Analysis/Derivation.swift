/// Where a number comes from, so that a reader can get it again.
public enum Derivation: Hashable, Sendable {
  /// What `headroom sql` answers with the same number.
  case query(String)
  /// A command line that prints it, for what SQL cannot work out.
  case command(String)
}
