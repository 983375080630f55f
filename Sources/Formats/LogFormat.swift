public import Scanning
public import Traffic

/// One way a gateway writes its access log. A value is immutable and shared by all workers.
///
/// `parse` is called once per block, never per line: what happens per line is specialised code inside.
public protocol LogFormat: Sendable {
  /// What users type after `--log-format` and see in the ledger, such as `nginx-combined`.
  var name: String { get }
  /// One line for `formats list`.
  var summary: String { get }
  /// Whether lines carry the start or the end of the request.
  var basis: StampBasis { get }

  /// The same format for a log of this clock; formats whose stamps say all are the same for every clock.
  func timed(by clock: WriterClock) -> any LogFormat

  /// Reads lines from `position` until the block ends or the batch is full.
  ///
  /// Every line becomes a row, a `RejectedLine`, or is blank; rows get `.line` (from `firstLine`) and `.arrival`.
  /// - Parameter block: whole lines; only the last may lack its line feed. CR before LF is not part of a line.
  /// - Returns: where to go on; `offset == block.count` when all is read.
  func parse(
    _ block: UnsafeBufferPointer<UInt8>, from position: LinePosition, into batch: inout RequestBatch
  ) -> LinePosition
}

extension LogFormat {
  public func timed(by clock: WriterClock) -> any LogFormat { self }
}

/// A place between two lines.
public struct LinePosition: Hashable, Sendable {
  /// Byte offset in the block.
  public var offset: Int
  /// Lines before it in the block.
  public var line: Int
  /// Number of the block's first line in its source, from 1.
  public var firstLine: Int
  /// Blank lines passed so far in the block.
  public var blankLines: Int

  public init(offset: Int = 0, line: Int = 0, firstLine: Int = 1, blankLines: Int = 0) {
    self.offset = offset
    self.line = line
    self.firstLine = firstLine
    self.blankLines = blankLines
  }
}

/// Why one line could not be read, and where in it.
public struct LineFailure: Hashable, Sendable {
  public var reason: RejectReason
  /// The column that could not be read, where it is known.
  public var field: RequestColumn?
  /// Byte in the line, from 0.
  public var column: Int

  public init(_ reason: RejectReason, field: RequestColumn? = nil, at column: Int) {
    self.reason = reason
    self.field = field
    self.column = column
  }
}

/// A format that reads one line at a time; `LogFormat.parse` comes for free and is specialised per format.
protocol LineFormat: LogFormat {
  /// What is carried from line to line inside one block (a timestamp cache, scratch space).
  associatedtype Scratch
  func makeScratch() -> Scratch

  /// Writes the line's fields into the current row, `arrival` included, without committing it.
  /// - Returns: nil when the row is complete, else why not.
  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout Scratch, into batch: inout RequestBatch
  ) -> LineFailure?
}

extension LineFormat where Scratch == Void {
  func makeScratch() {}
}

/// What reads the lines of one block, one after another, and may own memory while it does.
protocol LineReader: ~Copyable {
  /// Writes the line's fields into the current row, `arrival` included, without committing it.
  /// - Returns: nil when the row is complete, else why not.
  mutating func read(_ line: UnsafePointer<UInt8>, _ count: Int, into batch: inout RequestBatch) -> LineFailure?
}
