import Scanning
import Traffic

/// A log of keys and values: scans a line's wanted keys into fields, then lets the dialect write the row.
struct KeyedFormat<Dialect: KeyedDialect>: LineFormat {
  let dialect: Dialect
  let keys: KeyTable
  var clock: WriterClock

  init(_ dialect: Dialect, clock: WriterClock = WriterClock()) {
    self.dialect = dialect
    self.clock = clock
    keys = KeyTable(dialect.rules)
  }

  var name: String { dialect.name }
  var summary: String { dialect.summary }
  var basis: StampBasis { dialect.basis }

  func timed(by clock: WriterClock) -> any LogFormat {
    var format = self
    format.clock = clock
    return format
  }

  func makeScratch() -> LineScratch { LineScratch() }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout LineScratch, into batch: inout RequestBatch
  ) -> LineFailure? {
    withValues(line, count, &scratch) { values, failure in
      if let failure { return failure }
      let problem = dialect.write(&values, into: &batch)
      if problem == nil { values.noteAnomalies(into: &batch) }
      return problem
    }
  }

  /// How many lines are this program's for certain.
  func recognised(in lines: [UnsafeBufferPointer<UInt8>]) -> Int {
    var scratch = makeScratch()
    return lines.count { line in
      guard let base = line.baseAddress else { return false }
      return withValues(base, line.count, &scratch) { values, failure in
        failure == nil && dialect.recognises(&values)
      }
    }
  }

  @inline(__always)
  private func withValues<R>(
    _ line: UnsafePointer<UInt8>, _ count: Int, _ scratch: inout LineScratch,
    _ body: (inout LineValues, LineFailure?) -> R
  ) -> R {
    if scratch.text.count < 8 * count + 64 {
      scratch.text = [UInt8](repeating: 0, count: 16 * count + 1024)
    }
    return scratch.fields.withUnsafeMutableBufferPointer { fields in
      scratch.text.withUnsafeMutableBufferPointer { text in
        keys.withView { keys in
          // Safe: both arrays are never empty and outlive the call.
          var values = LineValues(
            line: line, count: count, fields: fields.baseAddress!, text: text.baseAddress!,
            escapes: dialect.escapes, clock: clock)
          let failure = values.collect(keys, dialect.syntax)
          return body(&values, failure)
        }
      }
    }
  }
}
