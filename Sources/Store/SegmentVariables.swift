internal import Traffic

/// Writes the variables of a batch's paths, regrouped so that like stands with like.
///
///     | templates: varint | per template: slots: UInt8, integer slots: varint of bits |
///     | per template, per slot: integers (IntegerCodec) or texts (TextCodec) | heap |
///
/// The batch holds variables in row order; here all first variables of `/users/{int}` are one run of integers, and so on.
/// A template's rows come in row order, so the path column tells where each variable belongs.
enum SegmentVariables {
  /// - Parameter templates: the renumbered path column.
  /// - Returns: whether any path has variables; else nothing was written.
  static func encode(
    _ templates: UnsafeBufferPointer<Int64>, of batch: borrowing RequestBatch, into sink: inout ByteSink,
    _ scratch: inout EncodingScratch
  ) -> Bool {
    guard let original = batch.values(.path), batch.variables.slotValues.count > 0 else { return false }
    let layout = SlotLayout(templates, original, of: batch)
    guard layout.slotTotal > 0 else { return false }
    let slots = scratch.slots(count: layout.slotTotal)
    layout.gather(batch.variables.slotValues, templates, into: slots)
    sink.append(varint: UInt64(layout.templates.count))
    for template in layout.templates {
      sink.append(UInt8(template.slots))
      sink.append(varint: template.integers)
    }
    var heap = ByteSink(capacity: 4096)
    let empty: [UInt8] = [0]
    empty.withUnsafeBufferPointer { none in
      let bytes = batch.variables.textBytes.baseAddress ?? none.baseAddress!
      for template in layout.templates where template.rows > 0 {
        for slot in 0..<template.slots {
          let start = slots + template.start + slot * template.rows
          let stream = UnsafeBufferPointer(start: UnsafePointer(start), count: template.rows)
          if template.integers >> UInt64(slot) & 1 != 0 {
            IntegerCodec.encode(stream, into: &sink, &scratch)
          } else {
            TextCodec.encode(stream, bytes: bytes, into: &sink, heap: &heap, &scratch)
          }
        }
      }
    }
    TextHeap.encode(heap, into: &sink)
    return true
  }
}

/// Where each template's variables stand when they are grouped by template and slot.
struct SlotLayout {
  struct Template {
    var rows = 0
    /// Variables of one path.
    var slots = 0
    /// Bit i: slot i is an integer.
    var integers: UInt64 = 0
    /// First value of the template's first slot.
    var start = 0
  }

  private(set) var templates: [Template]
  private(set) var slotTotal = 0

  init(
    _ renumbered: UnsafeBufferPointer<Int64>, _ original: UnsafeBufferPointer<Int64>, of batch: borrowing RequestBatch
  ) {
    templates = [Template](repeating: Template(), count: batch.symbolCount(.path))
    for row in 0..<renumbered.count where renumbered[row] != .absent {
      let number = Int(renumbered[row])
      if templates[number].rows == 0 { describe(number, original: Int(original[row]), of: batch) }
      templates[number].rows += 1
    }
    while let last = templates.last, last.rows == 0 { templates.removeLast() }
    for number in templates.indices {
      templates[number].start = slotTotal
      slotTotal += templates[number].rows * templates[number].slots
    }
  }

  private mutating func describe(_ number: Int, original: Int, of batch: borrowing RequestBatch) {
    let slots = batch.variables.slotCount(template: original)
    templates[number].slots = slots
    for slot in 0..<slots where batch.variables.isInteger(template: original, slot: slot) {
      templates[number].integers |= 1 << UInt64(slot)
    }
  }

  /// Moves variables from row order to their groups.
  func gather(
    _ slots: UnsafeBufferPointer<Int64>, _ renumbered: UnsafeBufferPointer<Int64>,
    into output: UnsafeMutablePointer<Int64>
  ) {
    var cursors = templates.map(\.start)
    var next = 0
    templates.withUnsafeBufferPointer { templates in
      cursors.withUnsafeMutableBufferPointer { cursors in
        for number in renumbered where number != .absent {
          let template = templates[Int(number)]
          var target = cursors[Int(number)]
          cursors[Int(number)] = target &+ 1
          for _ in 0..<template.slots {
            output[target] = slots[next]
            target &+= template.rows
            next &+= 1
          }
        }
      }
    }
  }
}
