/// A place in the tree of path segments, with what came through it.
struct RouteNode {
  private var children: [String: RouteNode] = [:]
  /// Requests of paths that pass or end here.
  private var requests: Int64 = 0
  private var endsHere = false
  /// Literals that were merged into `{var}`; nil where nothing was.
  private var merged: Set<String>?
  /// Segments that `{hash}` siblings took in.
  private var absorbed: Set<String> = []

  mutating func insert(_ segments: ArraySlice<String>, requests count: Int64) {
    requests += count
    guard let first = segments.first else { return endsHere = true }
    children[first, default: RouteNode()].insert(segments.dropFirst(), requests: count)
  }

  /// Merges siblings that are values of one variable, here and below.
  mutating func collapse(from threshold: Int) {
    absorbHashes()
    let values = mergeableLiterals(from: threshold)
    if !values.isEmpty {
      merged = values
      var variable = children["{var}"] ?? RouteNode()
      for value in values.sorted() {
        if let child = children.removeValue(forKey: value) { variable.merge(child) }
      }
      children["{var}"] = variable
    }
    for key in children.keys { children[key]!.collapse(from: threshold) }
  }

  private mutating func merge(_ other: RouteNode) {
    requests += other.requests
    endsHere = endsHere || other.endsHere
    for (key, child) in other.children {
      children[key, default: RouteNode()].merge(child)
    }
  }

  /// One hex string in some thousands has no digit and looks like a word, one in some hundreds has nothing but digits
  /// and looks like a number: its many siblings give it away.
  private mutating func absorbHashes() {
    guard let hashes = children["{hash}"] else { return }
    for (key, child) in children where key == "{id}" || Self.looksLikeDigitlessHash(key) {
      guard hashes.requests >= 10 * child.requests else { continue }
      children["{hash}"]!.merge(child)
      children[key] = nil
      absorbed.insert(key)
    }
  }

  private static func looksLikeDigitlessHash(_ segment: String) -> Bool {
    segment.utf8.count >= 8 && segment.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20) }
  }

  /// Literal children that are values: there are many, and they are rare or look alike below.
  private func mergeableLiterals(from threshold: Int) -> Set<String> {
    let literals = children.filter { !$0.key.contains("{") }
    guard literals.count >= threshold else { return [] }
    let rareLimit = max(3, requests / 500)
    let rare = literals.values.count { $0.requests <= rareLimit }
    let shapes = literals.values.reduce(into: [String: Int]()) { $0[$1.shape, default: 0] += 1 }
    // Ties go to the smaller shape text, so that the result does not depend on hashing.
    let common = shapes.max { ($0.value, $1.key) < ($1.value, $0.key) }!
    guard rare * 10 >= literals.count * 3 || common.value * 10 >= literals.count * 6 else { return [] }
    return Set(
      literals.filter { key, child in
        let isFrequentWord =
          child.requests * 50 >= requests && key.allSatisfy(\.isLetter) && child.shape != common.key
        return !isFrequentWord
      }.keys)
  }

  /// What comes below: the names of the children, and whether paths end here.
  private var shape: String { (endsHere ? "." : "") + children.keys.sorted().joined(separator: "/") }

  /// The route path of a template's segments after collapsing, and which values were merged on the way.
  func path(of segments: ArraySlice<String>) -> (path: [String], merged: [String]) {
    guard let first = segments.first else { return ([], []) }
    let isValue = merged?.contains(first) ?? false
    let name = isValue ? "{var}" : absorbed.contains(first) ? "{hash}" : first
    guard let child = children[name] else { return (Array(segments), []) }
    let below = child.path(of: segments.dropFirst())
    let note = name == first ? [] : [first]
    return ([name] + below.path, note + below.merged)
  }
}
