/// Numbers as people write them in limits: 1 2 3 4 5 6 8 10 15 20 25 30 40 50 60 75 80 100 150 200 …
public enum RoundNumbers {
  private static let small: [Int64] = [1, 2, 3, 4, 5, 6, 8]
  private static let twoDigits: [Int64] = [10, 15, 20, 25, 30, 40, 50, 60, 75, 80]

  /// All of them, rising.
  public static let all: [Int64] = {
    var numbers = small
    var scale: Int64 = 1
    while scale <= 100_000_000_000_000_000 / 10 {
      numbers += twoDigits.map { $0 * scale }
      scale *= 10
    }
    return numbers
  }()

  /// The smallest that is not smaller; 0 stays 0.
  public static func up(_ value: Int64) -> Int64 {
    if value <= 0 { return 0 }
    return all.first { $0 >= value } ?? value
  }

  /// The largest that is not larger; 0 below 1.
  public static func down(_ value: Int64) -> Int64 { all.last { $0 <= value } ?? 0 }
}
