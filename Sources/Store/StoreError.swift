/// Why a store could not be opened, read or written: what happened, to which file, and what to do about it.
public struct StoreError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case notFound
    /// The file is no SQLite database, or one of another program.
    case notAStore
    /// Written by a later version of this program.
    case newerVersion(found: Int, supported: Int)
    /// Another connection held the file longer than the busy timeout.
    case busy
    /// Another process is writing to the store.
    case writerRunning(pid: Int32?)
    case diskFull
    /// Bytes that are not what was written: what and where.
    case corrupt(String)
    case cannotOpen(String)
    case noSuchSource(Int64)
    /// A segment went away between planning and reading: the store was changed meanwhile.
    case changedWhileReading
    /// SQL of the user that SQLite turned down, in SQLite's words.
    case invalidSQL(String)
    /// Any other answer of SQLite.
    case sqlite(code: Int32, message: String)
  }

  public let problem: Problem
  /// Path of the store as it was given.
  public let file: String

  public init(_ problem: Problem, file: String) {
    self.problem = problem
    self.file = file
  }
}

extension StoreError: CustomStringConvertible {
  /// One sentence on what happened, without the file.
  public var summary: String {
    switch problem {
    case .notFound: "there is no store"
    case .notAStore: "the file is not a Headroom store"
    case .newerVersion(let found, let supported):
      "the store has schema version \(found), this program knows up to \(supported)"
    case .busy: "the store is locked by another program"
    case .writerRunning(let pid?): "another import is running (process \(pid))"
    case .writerRunning(nil): "another import is running"
    case .diskFull: "the disk is full"
    case .corrupt(let what): "the store is damaged: \(what)"
    case .cannotOpen(let why): "the store cannot be opened: \(why)"
    case .noSuchSource(let id): "the store has no source number \(id)"
    case .changedWhileReading: "the store was changed while it was read"
    case .invalidSQL(let why): "the SQL statement failed: \(why)"
    case .sqlite(let code, let message): "SQLite answered \(code): \(message)"
    }
  }

  /// What the user can do.
  public var advice: String {
    switch problem {
    case .notFound: "'headroom import FILE' creates one; '--store FILE' names another."
    case .notAStore: "'--store FILE' names another file; nothing was changed."
    case .newerVersion: "use the version that wrote it, or a later one."
    case .busy: "try again when the other program is done."
    case .writerRunning: "wait until it is done, or stop it: what it committed stays."
    case .diskFull: "free some space and run the same command again: it goes on where it stopped."
    case .corrupt:
      "'headroom store verify' lists what is damaged; 'headroom store forget SOURCE' and a new import repair it."
    case .cannotOpen: "check the path and the permissions of the file and its folder."
    case .noSuchSource: "'headroom show sources' lists them."
    case .changedWhileReading: "run the command again."
    case .invalidSQL: "'headroom sql' reads the tables 'requests' and 'sources'; it never writes."
    case .sqlite: "'headroom store verify' checks the file."
    }
  }

  public var description: String { "\(file): \(summary); \(advice)" }
}
