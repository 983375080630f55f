/// What a sample of a file was recognised as, and why.
public struct Detection: Sendable {
  /// How well one format reads the sample.
  public struct Candidate: Sendable {
    /// What was tried.
    public var format: any LogFormat
    /// Lines that became requests, that are known to be none, and all lines looked at.
    public var matched: Int
    public var noise: Int
    public var total: Int
    /// Matched lines that go on behind the format's last field.
    public var unread: Int
    /// Values per matched line that were checked and written to a column, times 100.
    public var fieldsPerLine: Int

    public var name: String { format.name }
    /// A format for anything, which wins only where no format of one program will do.
    var isGeneral: Bool { LogFormats.general.contains(name) }
    /// What ranks formats: a line read to its end counts two, one that goes on behind the last field counts one.
    var strength: Int { 2 * matched - unread }
    /// Matched lines as a ratio of all lines, 0…1.
    public var score: Double { total == 0 ? 0 : Double(matched) / Double(total) }

    /// Most lines are requests, or half of them and the rest are lines that gateways write between requests.
    public var isAcceptable: Bool {
      guard matched > 0 else { return false }
      return matched * 10 >= total * 8 || (matched * 2 >= total && (matched + noise) * 10 >= total * 9)
    }

    /// The counts in words.
    public var reason: String {
      let others = noise == 0 ? "" : ", \(noise) lines that are no requests"
      let tails = unread == 0 ? "" : ", \(unread) with more behind the last field"
      return "\(matched) of \(total) lines\(others)\(tails), \(fieldsPerLine / 100) fields a line"
    }
  }

  /// Wrappers around the lines, outermost first.
  public var wrappers: [any LineWrapper] = []
  /// The format, or nil where none is good enough.
  public var format: (any LogFormat)?
  /// Formats that read at least one line, best first.
  public var candidates: [Candidate] = []
  /// Evidence and warnings in the order they were found.
  public var notes: [String] = []
  /// Why there is no format, and what to do; nil when there is one.
  public var refusal: String?
}
