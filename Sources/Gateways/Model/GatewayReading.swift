/// A place in a configuration file, from 1; line 0 where there is none.
public struct ConfigurationPlace: Hashable, Sendable, Comparable {
  /// As the user named it, or as an including file did.
  public var file: String
  public var line: Int
  /// 0 where only the line is known.
  public var column: Int

  public init(file: String, line: Int, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  public static func < (a: Self, b: Self) -> Bool { (a.file, a.line, a.column) < (b.file, b.line, b.column) }
}

/// What a reader made of a configuration: the model, what it used and what it did not.
public struct GatewayReading: Hashable, Sendable {
  public var model: GatewayModel
  /// Settings that decide something in the model, in file order.
  public var used: [ConfigurationNote]
  /// Settings that were understood to be none of the model's business, or that the log cannot answer; with the reason.
  public var ignored: [ConfigurationNote]

  public init(model: GatewayModel, used: [ConfigurationNote] = [], ignored: [ConfigurationNote] = []) {
    self.model = model
    self.used = used
    self.ignored = ignored
  }
}

/// One remark about one setting.
public struct ConfigurationNote: Hashable, Sendable {
  public var place: ConfigurationPlace
  /// The setting as written, short: `limit_req zone=perip burst=20 nodelay`.
  public var setting: String
  /// What was made of it, or why it was left: "10 requests per second and client address".
  public var remark: String

  public init(place: ConfigurationPlace, setting: String, remark: String) {
    self.place = place
    self.setting = setting
    self.remark = remark
  }
}

/// Why a configuration cannot be used. The first problem ends the reading.
public struct ConfigurationError: Error, Hashable, Sendable {
  /// What is wrong, with what a user needs to put it right.
  public enum Problem: Hashable, Sendable {
    /// The file is not there or is no text; why, in words.
    case cannotRead(String)
    /// No product's configuration was recognised.
    case unknownProduct
    /// The text breaks the rules of its language (YAML, JSON, TOML, nginx, HAProxy).
    case syntax(found: String, expected: String)
    /// Valid, but outside of what is read, such as a YAML tag.
    case unsupported(feature: String, instead: String)
    /// A word that is none of those possible here: kind such as "directive" or "field of token_bucket".
    case unknownWord(String, kind: String, nearest: String?)
    /// A value that its setting cannot have.
    case badValue(setting: String, value: String, expected: String)
    /// A setting that must be there is not.
    case missing(setting: String, within: String)
    /// A reference to something that is not defined: kind such as "zone".
    case unknownReference(String, kind: String, nearest: String?)
    /// Two settings that exclude each other or a repetition that is not allowed.
    case contradiction(String)
  }
  public var problem: Problem
  public var place: ConfigurationPlace

  public init(_ problem: Problem, at place: ConfigurationPlace) {
    self.problem = problem
    self.place = place
  }
}
