/// Turns a document into text. Escapes and lays out; computes nothing.
public protocol Renderer: Sendable {
  /// What follows `--format`.
  static var name: String { get }
  /// How many rows a table shows unless the user asks for more; nil shows all (machines read all).
  static var usualRows: Int? { get }
  func render(_ document: Document, style: RenderStyle) -> String
}

/// What the place of output allows.
public struct RenderStyle: Sendable {
  /// ANSI colour and weight; never for files, pipes or `NO_COLOR`.
  public var colour: Bool
  public var clock: DisplayClock
  /// Widest text cell on a terminal, in columns.
  public var widestText: Int

  public init(colour: Bool = false, clock: DisplayClock = .utc, widestText: Int = 72) {
    self.colour = colour
    self.clock = clock
    self.widestText = widestText
  }
}

/// Every renderer; adding one is its file and its line here.
public enum Renderers {
  public static let all: [any Renderer] = [
    TextRenderer(), JSONRenderer(), CSVRenderer(), MarkdownRenderer(), HTMLRenderer(),
  ]
  public static var names: [String] { all.map { type(of: $0).name } }
  public static func named(_ name: String) -> (any Renderer)? { all.first { type(of: $0).name == name } }
}
