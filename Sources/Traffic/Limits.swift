/// The named bounds of everything that grows, with what happens there.
public enum Limits {
  /// A longer line is counted as rejected (`too_long`), never parsed.
  public static let lineBytes = 1 << 20
  /// Lines of one block, and so rows of one batch and of one segment at most.
  public static let batchRows = 1 << 16
  /// Bytes of one block; a block ends early when it is reached.
  public static let blockBytes = 24 << 20
  /// Segments of a path; what follows is one variable.
  public static let pathSegments = 24
  /// Key=value pairs of a query; what follows is one variable.
  public static let queryPairs = 32
  /// Template bytes; a longer one is stored as one variable.
  public static let templateBytes = 512
  /// Distinct symbols of a store; later ones read `(overflow)`, counted and reported.
  public static let symbols = 4 << 20
  /// Bytes kept of the text of a rejected line.
  public static let rejectedTextBytes = 512
  /// Rejected lines kept with their text per source and reason; all are counted.
  public static let rejectedTexts = 100
}
