import Foundation

/// One page of a browser, and everything it complained of.
final class Page {
  typealias Message = DebuggingPipe.Message

  /// Lives as long as its pages.
  private let browser: Browser
  let session: String
  var url = ""

  init(of browser: Browser, session: String) {
    self.browser = browser
    self.session = session
  }

  @discardableResult
  func send(_ method: String, _ parameters: Message = [:]) throws -> Message {
    try browser.pipe.send(method, parameters, session: session)
  }

  // MARK: What it is seen with

  func resize(width: Int, height: Int, isPhone: Bool = false) throws {
    try send(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": isPhone])
  }

  /// - Parameter scheme: `light` or `dark`; media: `screen` or `print`.
  func emulate(media: String = "screen", scheme: String) throws {
    try send(
      "Emulation.setEmulatedMedia",
      ["media": media, "features": [["name": "prefers-color-scheme", "value": scheme]]])
  }

  // MARK: What it says

  /// The value of an expression, `nil` for undefined and null.
  func evaluate(_ expression: String) throws -> Any? {
    let answer = try send(
      "Runtime.evaluate", ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let problem = answer["exceptionDetails"] as? Message {
      let exception = (problem["exception"] as? Message)?["description"] ?? problem["text"] ?? problem
      throw DebuggingPipe.Failure(description: "\(exception) in \(expression.prefix(200))")
    }
    let value = (answer["result"] as? Message)?["value"]
    return value is NSNull ? nil : value
  }

  func text(_ expression: String) throws -> String { try evaluate(expression) as? String ?? "" }
  func number(_ expression: String) throws -> Double { try evaluate(expression) as? Double ?? .nan }
  func texts(_ expression: String) throws -> [String] { try evaluate(expression) as? [String] ?? [] }

  /// Presses a key that has a name, such as `Tab` or `Enter`.
  func press(_ key: String) throws {
    var parameters: Message = ["type": "keyDown", "key": key, "code": key]
    if let code = ["Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowRight": 39][key] {
      parameters["windowsVirtualKeyCode"] = code
    }
    if key == "Enter" { parameters["text"] = "\r" }
    try send("Input.dispatchKeyEvent", parameters)
    parameters["type"] = "keyUp"
    parameters["text"] = nil
    try send("Input.dispatchKeyEvent", parameters)
  }

  /// Console errors, exceptions, log entries (violations of the content security policy are among them) and issues,
  /// everything that came so far.
  var complaints: [String] {
    mine.compactMap { event in
      let parameters = event["params"] as? Message ?? [:]
      switch event["method"] as? String {
      case "Runtime.consoleAPICalled": return "console: \(parameters["args"] ?? "")"
      case "Runtime.exceptionThrown": return "exception: \(parameters["exceptionDetails"] ?? "")"
      case "Log.entryAdded": return "log: \((parameters["entry"] as? Message)?["text"] ?? "")"
      case "Audits.issueAdded": return "issue: \(parameters["issue"] ?? "")"
      default: return nil
      }
    }
  }

  /// Addresses the page asked for, itself left out.
  var requests: [String] {
    mine.compactMap { event in
      guard event["method"] as? String == "Network.requestWillBeSent" else { return nil }
      let request = (event["params"] as? Message)?["request"] as? Message
      return request?["url"] as? String
    }.filter { $0 != url && !$0.hasPrefix("data:") }
  }

  private var mine: [Message] { browser.pipe.events.filter { $0["sessionId"] as? String == session } }

  // MARK: Pictures

  /// The whole page as PNG.
  func screenshot(fullHeight: Bool = true) throws -> Data {
    try data(of: try send("Page.captureScreenshot", ["format": "png", "captureBeyondViewport": fullHeight]))
  }

  func pdf() throws -> Data { try data(of: try send("Page.printToPDF", ["printBackground": true, "preferCSSPageSize": true])) }

  private func data(of answer: Message) throws -> Data {
    guard let text = answer["data"] as? String, let data = Data(base64Encoded: text) else {
      throw DebuggingPipe.Failure(description: "the browser gave no picture")
    }
    return data
  }
}
