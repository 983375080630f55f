/// The texts that lines are made of: paths, keys, hosts, servers and programs, as bytes.
struct LogNames {
  let texts: ByteTable
  let paths: [PathPattern]
  let methods: ByteTable
  let hosts: ByteTable
  let hostOfRoute: [Int]
  let keys: ByteTable
  let endpoints = ByteTable(UpstreamPools.addresses)
  let userAgents = ByteTable(Vocabulary.userAgents)
  let referers = ByteTable(Vocabulary.referers)
  let words = ByteTable(Vocabulary.words)
  let probes = ByteTable(Vocabulary.probes)
  let dates: ByteTable
  let cacheVerdicts = ByteTable(CacheVerdict.allCases.map(\.name))
  let limitVerdicts = ByteTable(LimitVerdict.allCases.map(\.name))
  /// Whether a program speaks HTTP/2: browsers do, of the consumers every third.
  let speaksHTTP2: [Bool]

  init(start: CalendarTime) {
    var texts = ByteTable()
    paths = Route.all.map { PathPattern("\($0.pattern)", texts: &texts) }
    self.texts = texts
    methods = ByteTable(Route.all.map { "\($0.method)" })
    hosts = ByteTable(Host.allCases.map(\.name))
    hostOfRoute = Route.all.map { Int($0.host.rawValue) }
    keys = ByteTable(
      (0..<(Population.consumerCount + Population.unknownKeys)).map { rank in
        "ak_" + Self.hexadecimal(scrambled(UInt64(rank) &+ 0x4E16_4A11))
      })
    let today = start.epoch / 86_400
    dates = ByteTable(
      (0..<30).map { ago in
        let (year, month, day) = CalendarTime.date(ofDay: max(0, today - 1 - ago))
        return "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))"
      })
    speaksHTTP2 = Vocabulary.userAgents.indices.map { index in
      index < Vocabulary.firstBrowser ? index % 3 == 0 : index < Vocabulary.probeAgent
    }
  }

  /// Sixteen hexadecimal digits.
  static func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
