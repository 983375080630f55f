import Glibc

/// Buffers output bytes and writes them to a file descriptor in large pieces.
struct LineWriter: ~Copyable {
  private static let capacity = 1 << 20
  /// More than the longest line.
  private static let reserve = 8 << 10

  private let descriptor: Int32
  private let buffer: UnsafeMutablePointer<UInt8>
  private var count = 0
  /// Two ASCII digits for every number below 100.
  private let pairs: UnsafeMutablePointer<UInt16>

  init(descriptor: Int32) {
    self.descriptor = descriptor
    buffer = .allocate(capacity: Self.capacity)
    pairs = .allocate(capacity: 100)
    for number in 0..<100 {
      (pairs + number).initialize(to: UInt16(48 + number / 10) | UInt16(48 + number % 10) << 8)
    }
  }

  deinit {
    buffer.deallocate()
    pairs.deallocate()
  }

  /// Ends a line and makes sure that the next one fits.
  @inline(__always)
  mutating func endLine() throws(OutputError) {
    byte(UInt8(ascii: "\n"))
    if count > Self.capacity - Self.reserve { try flush() }
  }

  mutating func flush() throws(OutputError) {
    var written = 0
    while written < count {
      let result = Glibc.write(descriptor, buffer + written, count - written)
      if result > 0 {
        written += result
      } else if errno != EINTR {
        throw OutputError(code: errno)
      }
    }
    count = 0
  }

  /// One byte of a text of any length.
  mutating func append(_ value: UInt8) throws(OutputError) {
    byte(value)
    if count > Self.capacity - Self.reserve { try flush() }
  }

  // MARK: Pieces of a line

  @inline(__always)
  mutating func byte(_ value: UInt8) {
    buffer[count] = value
    count &+= 1
  }

  @inline(__always)
  mutating func text(_ value: StaticString) {
    (buffer + count).update(from: value.utf8Start, count: value.utf8CodeUnitCount)
    count &+= value.utf8CodeUnitCount
  }

  @inline(__always)
  mutating func text(_ index: Int, of table: borrowing ByteTable) {
    let length = table.length(index)
    table.bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      (buffer + count).update(from: base + Int(table.starts[index]), count: length)
    }
    count &+= length
  }

  /// A number of two digits.
  @inline(__always)
  mutating func pair(_ number: Int) {
    UnsafeMutableRawPointer(buffer + count).storeBytes(of: pairs[number].littleEndian, as: UInt16.self)
    count &+= 2
  }

  /// A number of three digits.
  @inline(__always)
  mutating func triple(_ number: Int) {
    byte(48 &+ UInt8(truncatingIfNeeded: number / 100))
    pair(number % 100)
  }

  @inline(__always)
  mutating func integer(_ number: Int) {
    if number < 10 { return byte(48 &+ UInt8(truncatingIfNeeded: number)) }
    var digits = 2
    var bound = 100
    while number >= bound {
      bound &*= 10
      digits &+= 1
    }
    var rest = number
    var position = count &+ digits
    count = position
    while rest >= 10 {
      position &-= 2
      UnsafeMutableRawPointer(buffer + position).storeBytes(of: pairs[rest % 100], as: UInt16.self)
      rest /= 100
    }
    if position > count &- digits { buffer[position &- 1] = 48 &+ UInt8(truncatingIfNeeded: rest) }
  }

  /// Milliseconds as seconds with three decimals.
  @inline(__always)
  mutating func seconds(_ milliseconds: Int) {
    integer(milliseconds / 1000)
    byte(UInt8(ascii: "."))
    triple(milliseconds % 1000)
  }

  @inline(__always)
  mutating func address(_ value: UInt32) {
    integer(Int(value >> 24))
    byte(UInt8(ascii: "."))
    integer(Int(value >> 16 & 255))
    byte(UInt8(ascii: "."))
    integer(Int(value >> 8 & 255))
    byte(UInt8(ascii: "."))
    integer(Int(value & 255))
  }

  /// The highest `digits` hexadecimal digits of a word.
  @inline(__always)
  mutating func hexadecimal(_ word: UInt64, digits: Int) {
    var rest = word
    for _ in 0..<digits {
      rest = rest &<< 4 | rest &>> 60
      let nibble = UInt8(truncatingIfNeeded: rest & 15)
      byte(nibble < 10 ? 48 &+ nibble : 87 &+ nibble)
    }
  }
}

/// The output could not be written.
struct OutputError: Error {
  /// The system's error number.
  let code: Int32
}
