import Glibc
import Reporting

/// The program: finds the command, runs it, words its errors.
public enum Program {
  /// Set at release.
  public static let version = "0.1.0"

  public static func run(_ words: [String], _ session: Session) async -> ExitCode {
    do {
      return try await perform(words, session)
    } catch OutputError.readerLeft {
      return .done
    } catch {
      let diagnostic = DiagnosticText.diagnostic(error)
      // Nothing is left to do when even standard error is closed; the exit code still tells.
      do { try session.errors.write(DiagnosticText.text(diagnostic)) } catch {}
      return diagnostic.exit
    }
  }

  private static func perform(_ words: [String], _ session: Session) async throws -> ExitCode {
    switch try ArgumentParser(commands: Commands.all).parse(words) {
    case .version:
      try session.output.write("headroom \(version)\n")
      return .done
    case .help(let words):
      try session.output.write(HelpText.of(words, commands: Commands.all))
      return .done
    case .command(let arguments):
      do {
        return try await arguments.command.run(Invocation(arguments: arguments, session: session))
      } catch var error as UsageError where error.command.isEmpty {
        error.command = arguments.command.words
        throw error
      }
    }
  }

  /// Ctrl-C ends with 130 at once: what was committed stays, what was not is rolled back by the store's journal.
  /// A reader that goes away is an error of `write`, not a signal.
  public static func handleSignals() {
    // The handler calls only an async-signal-safe function.
    signal(SIGINT) { _ in _exit(ExitCode.interrupted.rawValue) }
    signal(SIGPIPE, SIG_IGN)
  }
}
