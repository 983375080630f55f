import Traffic

/// What a template carries from line to line inside one block: its steps as plain memory, the last time stamp, room
/// to unescape into.
///
/// Steps are copied once per block so that the loop over them touches no array and counts no reference.
@safe
struct TemplateScratch: ~Copyable {
  let steps: UnsafeMutablePointer<TemplateStep>
  let stepCount: Int
  let literals: UnsafeMutablePointer<UInt8>

  /// The last stamp's bytes, in the block itself, which outlives this value's use.
  var stamp: UnsafePointer<UInt8>?
  var stampCount = 0
  var stampValue: Int64 = 0

  /// Where each field of the line at hand starts and ends; filled by `FormatTemplate.locate` only.
  let starts: UnsafeMutablePointer<Int>
  let ends: UnsafeMutablePointer<Int>

  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int

  init(steps: [TemplateStep], literals: [UInt8]) {
    stepCount = steps.count
    self.steps = .allocate(capacity: max(1, steps.count))
    self.literals = .allocate(capacity: max(1, literals.count))
    for (index, step) in steps.enumerated() { (self.steps + index).initialize(to: step) }
    for (index, byte) in literals.enumerated() { (self.literals + index).initialize(to: byte) }
    starts = .allocate(capacity: steps.count + 1)
    ends = .allocate(capacity: steps.count + 1)
    capacity = 4096
    buffer = .allocate(capacity: capacity)
  }

  deinit {
    steps.deallocate()
    literals.deallocate()
    starts.deallocate()
    ends.deallocate()
    buffer.deallocate()
  }

  /// Memory for `count` bytes, overwritten by the next call.
  mutating func room(for count: Int) -> UnsafeMutablePointer<UInt8> {
    if count > capacity {
      buffer.deallocate()
      capacity = count * 2
      buffer = .allocate(capacity: capacity)
    }
    return buffer
  }
}
