import Foundation
import TestSupport

/// A headless Chromium of the machine, started for one test and ended with it.
final class Browser {
  static let program = Program.find("chromium") ?? Program.find("chromium-browser")

  private let folder: TemporaryFolder
  private let process: pid_t
  let pipe: DebuggingPipe

  init() throws {
    // A browser that died is an error of a write, not the end of the tests.
    signal(SIGPIPE, SIG_IGN)
    guard let program = Self.program else { throw DebuggingPipe.Failure(description: "chromium is not installed") }
    folder = try TemporaryFolder()
    let (toBrowser, fromBrowser) = (try Self.ends(), try Self.ends())
    process = try Self.start(
      [
        program.executable.path, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
        "--hide-scrollbars", "--no-first-run", "--disable-extensions", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb",
        "--user-data-dir=" + folder.path,
      ], input: toBrowser[0], output: fromBrowser[1])
    close(toBrowser[0])
    close(fromBrowser[1])
    pipe = DebuggingPipe(commands: toBrowser[1], answers: fromBrowser[0])
  }

  deinit {
    _ = try? pipe.send("Browser.close", seconds: 10)
    for _ in 0..<100 where waitpid(process, nil, WNOHANG) == 0 { usleep(50_000) }
    if kill(process, 0) == 0 {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
  }

  /// The reading and the writing end of a pipe that no other child inherits.
  private static func ends() throws -> [Int32] {
    var ends = [Int32](repeating: 0, count: 2)
    guard Glibc.pipe(&ends) == 0 else { throw DebuggingPipe.Failure(description: "no pipe: errno \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  /// Starts a program with descriptors 3 and 4 and nothing to say on the others.
  private static func start(_ arguments: [String], input: Int32, output: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // First out of the way of 3 and 4, which the pipes themselves may have as numbers.
    posix_spawn_file_actions_adddup2(&actions, input, 103)
    posix_spawn_file_actions_adddup2(&actions, output, 104)
    posix_spawn_file_actions_adddup2(&actions, 103, 3)
    posix_spawn_file_actions_adddup2(&actions, 104, 4)
    posix_spawn_file_actions_addclose(&actions, 103)
    posix_spawn_file_actions_addclose(&actions, 104)
    var process = pid_t()
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    let result = posix_spawn(&process, arguments[0], &actions, nil, &words, environ)
    guard result == 0 else { throw DebuggingPipe.Failure(description: "cannot start \(arguments[0]): errno \(result)") }
    return process
  }

  /// Opens a file in a new page and waits until it is loaded.
  func open(_ path: String, width: Int = 1_200, height: Int = 900, isPhone: Bool = false) throws -> Page {
    let target = try pipe.send("Target.createTarget", ["url": "about:blank"])
    let attached = try pipe.send(
      "Target.attachToTarget", ["targetId": target["targetId"] as? String ?? "", "flatten": true])
    let page = Page(of: self, session: attached["sessionId"] as? String ?? "")
    for domain in ["Page", "Runtime", "Log", "Network", "Audits"] { try page.send(domain + ".enable") }
    try page.resize(width: width, height: height, isPhone: isPhone)
    page.url = URL(fileURLWithPath: path).absoluteString
    try page.send("Page.navigate", ["url": page.url])
    try pipe.wait(for: "Page.loadEventFired", session: page.session)
    return page
  }
}
