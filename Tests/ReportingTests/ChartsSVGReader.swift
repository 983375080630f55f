/// Reads SVG slowly and strictly: enough XML to refuse what is not well-formed, and paths as absolute places.
struct SVGNode {
  var name: String
  var attributes: [String: String] = [:]
  var children: [SVGNode] = []
  var text = ""

  /// This node and all below it, in document order.
  var all: [SVGNode] { [self] + children.flatMap(\.all) }
  func all(_ name: String, class kind: String? = nil) -> [SVGNode] {
    all.filter { $0.name == name && (kind == nil || $0.attributes["class"] == kind) }
  }
}

struct SVGSyntaxError: Error {
  var problem: String
}

struct SVGReader {
  private var rest: Substring.UnicodeScalarView

  /// The one element that the text is.
  static func read(_ text: String) throws -> SVGNode {
    var reader = SVGReader(rest: Substring(text).unicodeScalars)
    let node = try reader.element()
    guard reader.rest.isEmpty else { throw SVGSyntaxError(problem: "text after the end") }
    return node
  }

  private mutating func element() throws -> SVGNode {
    try expect("<")
    var node = SVGNode(name: try name())
    while rest.first == " " {
      rest.removeFirst()
      let key = try name()
      try expect("=")
      try expect("\"")
      guard node.attributes[key] == nil else { throw SVGSyntaxError(problem: "\(key) twice") }
      node.attributes[key] = try value(until: "\"")
      try expect("\"")
    }
    if rest.first == "/" {
      rest.removeFirst()
      try expect(">")
      return node
    }
    try expect(">")
    while true {
      node.text += try value(until: "<")
      if rest.dropFirst().first == "/" { break }
      node.children.append(try element())
    }
    try expect("<")
    try expect("/")
    guard try name() == node.name else { throw SVGSyntaxError(problem: "\(node.name) is not closed") }
    try expect(">")
    return node
  }

  private mutating func name() throws -> String {
    var name = ""
    while let scalar = rest.first, scalar.properties.isAlphabetic || scalar == "-" || ("0"..."9").contains(scalar) {
      name.unicodeScalars.append(rest.removeFirst())
    }
    guard !name.isEmpty else { throw SVGSyntaxError(problem: "a name expected before \(rest.prefix(20))") }
    return name
  }

  private mutating func value(until end: Unicode.Scalar) throws -> String {
    var value = ""
    while let scalar = rest.first, scalar != end {
      rest.removeFirst()
      if scalar.value < 0x20 || scalar == "<" || scalar == "\u{FFFE}" || scalar == "\u{FFFF}" {
        throw SVGSyntaxError(problem: "a character that XML does not allow")
      }
      guard scalar == "&" else {
        value.unicodeScalars.append(scalar)
        continue
      }
      let names = ["amp;": "&", "lt;": "<", "gt;": ">", "quot;": "\"", "#39;": "'"]
      guard let found = names.first(where: { rest.starts(with: $0.key.unicodeScalars) }) else {
        throw SVGSyntaxError(problem: "a bare ampersand")
      }
      rest.removeFirst(found.key.unicodeScalars.count)
      value += found.value
    }
    guard !rest.isEmpty else { throw SVGSyntaxError(problem: "the end is missing") }
    return value
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws {
    guard rest.first == scalar else { throw SVGSyntaxError(problem: "\(scalar) expected before \(rest.prefix(20))") }
    rest.removeFirst()
  }
}

/// A path's pieces as absolute places.
struct SVGPath {
  var pieces: [[Place]] = []

  struct Place: Hashable {
    var x: Double
    var y: Double
    init(_ x: Double, _ y: Double) {
      self.x = (x * 100).rounded() / 100
      self.y = (y * 100).rounded() / 100
    }
  }

  /// Reads `M`, `l`, `h`, `v` and `z`, the commands that the charts use.
  init(_ text: String) throws {
    var command: Character = " "
    var numbers: [Double] = []
    var number = ""
    var (x, y) = (0.0, 0.0)
    var pieces: [[Place]] = []
    func take() throws {
      guard !number.isEmpty else { return }
      guard let value = Double(number.hasPrefix(".") ? "0" + number : number.hasPrefix("-.") ? "-0" + number.dropFirst() : number)
      else { throw SVGSyntaxError(problem: "\(number) is no number") }
      number = ""
      numbers.append(value)
      switch (command, numbers.count) {
      case ("M", 2):
        (x, y) = (numbers[0], numbers[1])
        pieces.append([])
      case ("l", 2): (x, y) = (x + numbers[0], y + numbers[1])
      case ("h", 1): x += numbers[0]
      case ("v", 1): y += numbers[0]
      case ("M", 1), ("l", 1): return
      default: throw SVGSyntaxError(problem: "too many numbers for \(command)")
      }
      numbers = []
      guard !pieces.isEmpty else { throw SVGSyntaxError(problem: "a path begins with M") }
      pieces[pieces.count - 1].append(Place(x, y))
    }
    for character in text {
      switch character {
      case "M", "l", "h", "v", "z":
        try take()
        guard numbers.isEmpty else { throw SVGSyntaxError(problem: "a number is missing") }
        command = character
        if character == "z", let start = pieces.last?.first { (x, y) = (start.x, start.y) }
      case " ": try take()
      case "-":
        try take()
        number = "-"
      case "0"..."9", ".": number.append(character)
      default: throw SVGSyntaxError(problem: "\(character) in a path")
      }
    }
    try take()
    guard numbers.isEmpty else { throw SVGSyntaxError(problem: "a number is missing") }
    self.pieces = pieces
  }
}
