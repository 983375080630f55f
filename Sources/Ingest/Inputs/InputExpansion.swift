import Foundation

/// Turns what the user named into files: files as they are, directories walked, patterns matched, `-` kept.
struct InputExpansion {
  /// A file to import, and whether the user named it himself or a walk found it.
  struct Input: Hashable {
    var path: String
    var isNamed: Bool
  }

  /// - Returns: inputs in a fixed order, each path once, and the names that stand for nothing.
  static func expand(_ names: [String]) -> (inputs: [Input], missing: [String]) {
    var inputs: [Input] = []
    var missing: [String] = []
    var seen: Set<String> = []
    func add(_ input: Input) {
      if seen.insert(input.path).inserted { inputs.append(input) }
    }
    for name in names {
      if name == "-" {
        add(Input(path: name, isNamed: true))
        continue
      }
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) {
        if isDirectory.boolValue {
          filesBelow(name).forEach { add(Input(path: $0, isNamed: false)) }
        } else {
          add(Input(path: name, isNamed: true))
        }
        continue
      }
      let matches = matches(of: name)
      if matches.isEmpty { missing.append(name) }
      matches.forEach { add(Input(path: $0, isNamed: true)) }
    }
    return (inputs, missing)
  }

  /// Regular files below a directory in path order; names that begin with a dot are left out.
  private static func filesBelow(_ directory: String) -> [String] {
    var files: [String] = []
    let walk = FileManager.default.enumerator(atPath: directory)
    while let relative = walk?.nextObject() as? String {
      let isHidden = relative.split(separator: "/").contains { $0.hasPrefix(".") }
      guard !isHidden, walk?.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      files.append(directory.hasSuffix("/") ? directory + relative : directory + "/" + relative)
    }
    return files.sorted()
  }

  /// Files that match a shell pattern which the shell left alone (quoted, or without matches).
  private static func matches(of pattern: String) -> [String] {
    guard pattern.contains(where: { "*?[".contains($0) }) else { return [] }
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
      .filter { path in
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
      }
  }
}
