public import Analysis

/// The command line that gives a number again.
public enum DerivationText {
  /// `headroom sql 'SELECT …'`, or the command itself.
  public static func command(_ derivation: Derivation) -> String {
    switch derivation {
    case .query(let sql): "headroom sql " + quoted(sql)
    case .command(let line): line
    }
  }

  /// A word of a POSIX shell: as it is where every character is plain, else in single quotes.
  public static func word(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy(Self.isPlain)
    return isPlain ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var word = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" { word += "'\\''" } else { word.unicodeScalars.append(scalar) }
    }
    return word + "'"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "_", "-", ":": true
    default: false
    }
  }
}

extension Finding {
  /// Its evidence with where it comes from; what the command itself prints is not said twice.
  var followed: [(label: String, derivation: Derivation?)] {
    evidence.map { one in
      (one.label, one.derivation.flatMap { DerivationText.command($0) == command ? nil : $0 })
    }
  }

  /// What a reader types not to be told for a while.
  var muteCommand: String { "headroom report --mute " + DerivationText.word(id + ":YYYY-MM-DD") }
}

extension Sequence where Element == (label: String, derivation: Derivation?) {
  /// Each derivation once, with the labels of all numbers that it gives, in order.
  func grouped() -> [(labels: [String], derivation: Derivation)] {
    var groups: [(labels: [String], derivation: Derivation)] = []
    var places: [Derivation: Int] = [:]
    for case (let label, let derivation?) in self {
      if let place = places[derivation] {
        groups[place].labels.append(label)
      } else {
        places[derivation] = groups.count
        groups.append(([label], derivation))
      }
    }
    return groups
  }
}
