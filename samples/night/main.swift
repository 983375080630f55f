import Glibc

// A command that fails says so on standard error: 2 for wrong usage, 1 for output that could not be
// written.
func fail(_ message: String, exitCode: Int32) -> Never {
  let line = Array("night: \(message)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(exitCode)
}

do {
  try NightCommand.run(try NightOptions(Array(CommandLine.arguments.dropFirst())))
} catch let error as UsageError {
  fail(error.message, exitCode: 2)
} catch let error as OutputError {
  fail("cannot write the output: \(String(cString: strerror(error.code)))", exitCode: 1)
} catch {
  fail("\(error)", exitCode: 1)
}
