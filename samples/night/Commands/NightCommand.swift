import Glibc

/// Runs what the options ask for.
enum NightCommand {
  static func run(_ options: NightOptions) throws(OutputError) {
    switch options.listing {
    case .help?: try emit(NightOptions.help)
    case .logFormat?: try emit(options.layout.directive + "\n")
    case .routes?: try emit(RouteList.text)
    case .consumers?: try emit(consumers)
    case nil: try write(options)
    }
  }

  /// Rank and key of every consumer, the busiest first.
  private static var consumers: String {
    let names = LogNames(start: NightOptions.defaultStart)
    return (0..<Population.consumerCount).map { "\($0)\t\(names.keys[$0])\n" }.joined()
  }

  private static func write(_ options: NightOptions) throws(OutputError) {
    guard let path = options.output, path != "-" else {
      return try write(options, options.layout, to: STDOUT_FILENO)
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw OutputError(code: errno) }
    defer { close(descriptor) }
    try write(options, options.layout, to: descriptor)
  }

  /// The format is opened once, so the loop is specialised for it.
  private static func write<Layout: LineLayout>(
    _ options: NightOptions, _: Layout.Type, to descriptor: Int32
  ) throws(OutputError) {
    var night = Night(options)
    var layout = Layout(start: options.start)
    var line = LineWriter(descriptor: descriptor)
    let names = LogNames(start: options.start)
    while let request = night.next() {
      layout.write(request, names, to: &line)
      try line.endLine()
    }
    try line.flush()
  }

  private static func emit(_ text: String) throws(OutputError) {
    var line = LineWriter(descriptor: STDOUT_FILENO)
    for byte in text.utf8 { try line.append(byte) }
    try line.flush()
  }
}
