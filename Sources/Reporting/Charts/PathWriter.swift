/// Writes the `d` of a path in its shortest form: relative steps in hundredths of a unit.
///
/// Steps are differences of rounded places, so rounding never adds up along a line.
struct PathWriter {
  private(set) var text = ""
  private var x = 0
  private var y = 0
  /// The command that the next number would repeat.
  private var repeated: Character = " "

  var isEmpty: Bool { text.isEmpty }

  mutating func move(_ toX: Double, _ toY: Double) {
    x = SVGText.hundredths(toX)
    y = SVGText.hundredths(toY)
    text += "M"
    repeated = "M"
    add(x)
    add(y)
    repeated = " "
  }

  mutating func line(_ toX: Double, _ toY: Double) {
    let (nextX, nextY) = (SVGText.hundredths(toX), SVGText.hundredths(toY))
    if nextY == y {
      command("h", nextX - x)
    } else if nextX == x {
      command("v", nextY - y)
    } else {
      if repeated != "l" { text += "l" } else { separate(nextX - x) }
      text += SVGText.number(hundredths: nextX - x)
      repeated = "l"
      add(nextY - y)
    }
    (x, y) = (nextX, nextY)
  }

  /// A dot of the line's width.
  mutating func dot(_ atX: Double, _ atY: Double) {
    move(atX, atY)
    text += "h0"
    repeated = " "
  }

  mutating func rectangle(_ left: Double, _ top: Double, _ width: Double, _ height: Double) {
    move(left, top)
    line(left + width, top)
    line(left + width, top + height)
    line(left, top + height)
    close()
  }

  mutating func close() {
    text += "z"
    repeated = " "
  }

  private mutating func command(_ name: Character, _ step: Int) {
    if repeated == name { separate(step) } else { text.append(name) }
    text += SVGText.number(hundredths: step)
    repeated = name
  }

  private mutating func add(_ value: Int) {
    if text.last != "M" { separate(value) }
    text += SVGText.number(hundredths: value)
  }

  /// A minus sign begins a number by itself.
  private mutating func separate(_ next: Int) {
    if next >= 0 { text += " " }
  }
}
