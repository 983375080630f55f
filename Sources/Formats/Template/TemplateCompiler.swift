import Traffic

/// Turns the tokens of a format string into steps.
///
/// Where several fields say the same thing (`$msec` and `$time_local`, `$request` and `$request_uri`), the one of the
/// lowest rank is read and the others are passed over: decided here, once, and not per line.
struct TemplateCompiler {
  /// What stands before the first field.
  private(set) var prefix: [UInt8] = []
  private(set) var fields: [TemplateField] = []
  /// The literal behind each field.
  private var followers: [[UInt8]] = []

  init(_ tokens: [TemplateToken]) throws(FormatStringError) {
    for token in tokens {
      switch token {
      case .literal(let bytes):
        if fields.isEmpty { prefix += bytes } else { followers[followers.count - 1] += bytes }
      case .field(let field):
        if let last = fields.last, followers.last == [] {
          guard last.kind == .skip, field.kind == .skip else {
            throw FormatStringError(.adjacentFields(last.name, field.name), at: field.position)
          }
          fields[fields.count - 1].name += field.name
          continue
        }
        fields.append(field)
        followers.append([])
      }
    }
    guard !fields.isEmpty else { throw FormatStringError(.noFields, at: 0) }
    guard fields.contains(where: \.kind.isStamp) else { throw FormatStringError(.noTime, at: 0) }
    chooseFields()
  }

  /// Literal bytes of all steps one after another, and the steps.
  func steps() -> (steps: [TemplateStep], literals: [UInt8]) {
    var literals: [UInt8] = []
    var steps: [TemplateStep] = []
    for (index, field) in fields.enumerated() {
      let literal = followers[index]
      let before = index == 0 ? prefix.last : followers[index - 1].last
      steps.append(step(field, index, literal, before: before, literalOffset: literals.count))
      literals += literal
    }
    return (steps, literals)
  }

  private func step(
    _ field: TemplateField, _ index: Int, _ literal: [UInt8], before: UInt8?, literalOffset: Int
  ) -> TemplateStep {
    let isQuoted = before == UInt8(ascii: "\"") && literal.first == UInt8(ascii: "\"")
    let space = UInt8(ascii: " ")
    let ending: TemplateStep.Ending =
      if field.kind.isList, !isQuoted, literal.first == space || literal.isEmpty {
        .list
      } else if literal.isEmpty {
        .lineEnd
      } else if field.kind.isFreeText, field.quoting != .raw {
        .escapedByte
      } else {
        .byte
      }
    var word: UInt64 = 0
    var mask: UInt64 = 0
    for (place, byte) in literal.prefix(8).enumerated() {
      word |= UInt64(byte) << UInt64(place * 8)
      mask |= 0xFF << UInt64(place * 8)
    }
    return TemplateStep(
      kind: field.kind, column: field.column ?? .line, ending: ending, quoting: field.quoting,
      stop: literal.first ?? space, scale: field.scale, rank: field.rank, code: field.code,
      literalOffset: Int32(literalOffset), literalCount: Int32(literal.count), literalWord: word, literalMask: mask,
      field: Int32(index))
  }

  // MARK: Which of several fields is read

  private mutating func chooseFields() {
    for index in fields.indices {
      guard let slot = slot(of: fields[index]) else { continue }
      let rivals = fields.indices.filter { self.slot(of: fields[$0]) == slot }
      let best = rivals.min { fields[$0].rank < fields[$1].rank }
      for rival in rivals where rival != best { demote(rival) }
    }
    let hasRequest = fields.contains { $0.kind == .request }
    let hasTarget = hasRequest || fields.contains { $0.kind == .target }
    for index in fields.indices {
      switch fields[index].kind {
      case .target where hasRequest, .method where hasRequest, .wireProtocol where hasRequest: demote(index)
      case .path where hasTarget, .query where hasTarget: demote(index)
      default: break
      }
    }
  }

  private mutating func demote(_ index: Int) {
    fields[index].kind = fields[index].kind.isList ? .skippedList : .skip
  }

  /// Fields with the same slot say the same thing; nil for those that may stand beside each other.
  private func slot(of field: TemplateField) -> Int? {
    switch field.kind {
    case .commonLogStamp, .isoStamp, .epochStamp: 1000
    case .skip, .skippedList, .special, .consumer, .requestLimitWord, .connectionLimitWord: nil
    case .client, .clientAndPort: 1001
    case .number, .duration, .goDuration, .text: field.column.map { Int($0.rawValue) }
    case .host: Int(RequestColumn.host.rawValue)
    default: 2000 + Int(field.kind.rawValue)
    }
  }
}
