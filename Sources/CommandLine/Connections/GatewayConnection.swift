import Foundation
import Gateways
import Reporting
import Traffic

/// Reads configuration files of gateways from the disk.
enum GatewayConnection {
  /// A configuration is a page or two; more than this is some other file.
  private static let largest = 16 << 20

  /// - Parameter product: whose configuration it is; nil recognises it by its content.
  /// - Throws: `ConfigurationError` with file, line, what was expected and the nearest valid word.
  static func reading(of path: String, product: GatewayProduct? = nil) throws -> GatewayReading {
    let text = try text(of: path)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let include = { (pattern: String) in included(pattern, folder: folder) }
    guard let product, let reader = GatewayReaders.reader(for: product) else {
      guard text.contains(where: { !$0.isWhitespace }) else {
        throw ConfigurationError(.cannotRead("the file is empty"), at: ConfigurationPlace(file: path, line: 0))
      }
      return try GatewayReaders.reading(of: text, file: path, include: include)
    }
    return try reader.reading(of: text, file: path, include: include)
  }

  static func text(of path: String) throws(ConfigurationError) -> String {
    let place = ConfigurationPlace(file: path, line: 0)
    guard FileManager.default.fileExists(atPath: path) else {
      throw ConfigurationError(.cannotRead("there is no such file"), at: place)
    }
    guard !URL(fileURLWithPath: path).hasDirectoryPath else {
      throw ConfigurationError(.cannotRead("it is a folder"), at: place)
    }
    // Through a handle, which also reads pipes, and never more than one byte too many.
    let data: Data
    do {
      data = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: largest + 1) ?? Data()
    } catch {
      throw ConfigurationError(.cannotRead("the file cannot be opened"), at: place)
    }
    guard data.count <= largest else {
      throw ConfigurationError(.cannotRead("it is larger than \(UnitText.bytes(Int64(largest)))"), at: place)
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ConfigurationError(.cannotRead("the file is not UTF-8 text"), at: place)
    }
    return text
  }

  /// Files of an include pattern, relative to the including file's folder, in the order of their names.
  private static func included(_ pattern: String, folder: String) -> [(path: String, text: String)] {
    let absolute = pattern.hasPrefix("/") ? pattern : folder + "/" + pattern
    return paths(matching: absolute).compactMap { path in
      (try? text(of: path)).map { (path, $0) }
    }
  }

  /// Wildcards may be in the last part of the path only, as packages write them.
  private static func paths(matching pattern: String) -> [String] {
    let url = URL(fileURLWithPath: pattern)
    let name = url.lastPathComponent
    guard name.contains("*") || name.contains("?") else { return [pattern] }
    let folder = url.deletingLastPathComponent().path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { Glob(name).matches($0) }.sorted().map { folder + "/" + $0 }
  }
}
