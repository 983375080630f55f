/// Which server gets a request, by its host: a list of which the first match counts.
struct NginxHosts {
  /// Names, in nginx's precedence, with the server behind them; without names the one that takes all others.
  struct Group {
    var patterns: [NamePattern]
    var server: Int
  }
  private(set) var groups: [Group] = []

  /// - Throws: `.contradiction` for two default servers of one address.
  init(_ servers: [NginxServer], audit: ConfigurationAudit) throws(ConfigurationError) {
    guard !servers.isEmpty else { return }
    let fallback = try Self.fallback(servers, audit: audit)
    var owners: [NamePattern: Int] = [:]
    var named: [(name: NginxServerName, server: Int)] = []
    for (index, server) in servers.enumerated() {
      for name in server.names where owners[name.pattern] != index {
        guard let owner = owners[name.pattern] else {
          owners[name.pattern] = index
          named.append((name, index))
          continue
        }
        let winner = Self.winner(owner, index, of: servers)
        Self.note(loser: winner == owner ? index : owner, winner: winner, servers, audit: audit)
        owners[name.pattern] = winner
      }
      if server.names.isEmpty, index != fallback {
        Self.note(loser: index, winner: fallback, servers, audit: audit)
      }
    }
    let ranked = named.enumerated().sorted {
      let (a, b) = ($0.element.name.rank, $1.element.name.rank)
      return (a.kind, a.length, $0.offset) < (b.kind, b.length, $1.offset)
    }
    for entry in ranked {
      place(entry.element.name.pattern, owners[entry.element.name.pattern] ?? entry.element.server)
    }
    groups.append(Group(patterns: [], server: fallback))
    dropWhatFallsThrough()
  }

  /// Puts a name into the earliest group of its server that no name between forbids, else into a new one.
  private mutating func place(_ pattern: NamePattern, _ server: Int) {
    for index in groups.indices.reversed() {
      if groups[index].server == server {
        groups[index].patterns.append(pattern)
        return
      }
      guard groups[index].patterns.allSatisfy({ MatchLogic.excludes($0, pattern) }) else { break }
    }
    groups.append(Group(patterns: [pattern], server: server))
  }

  /// Groups of the default server whose requests no later name of another server takes.
  private mutating func dropWhatFallsThrough() {
    guard let fallback = groups.last else { return }
    for index in groups.indices.dropLast().reversed() where groups[index].server == fallback.server {
      let later = groups[(index + 1)...].filter { $0.server != fallback.server }.flatMap(\.patterns)
      let patterns = groups[index].patterns
      if patterns.allSatisfy({ pattern in later.allSatisfy { MatchLogic.excludes(pattern, $0) } }) {
        groups.remove(at: index)
      }
    }
  }

  /// The server for hosts that nobody names. Of several addresses' defaults the first that does not answer at once.
  private static func fallback(
    _ servers: [NginxServer], audit: ConfigurationAudit
  ) throws(ConfigurationError) -> Int {
    var defaults: [(address: String, server: Int, isWritten: Bool)] = []
    for (index, server) in servers.enumerated() {
      for address in server.addresses.sorted() {
        let isWritten = server.sockets[address] == true
        guard let known = defaults.firstIndex(where: { $0.address == address }) else {
          defaults.append((address, index, isWritten))
          continue
        }
        guard isWritten else { continue }
        guard !defaults[known].isWritten else {
          throw ConfigurationError(
            .contradiction(
              "\(address) has a default server already, in line \(servers[defaults[known].server].place.line)"
            ),
            at: server.place)
        }
        defaults[known] = (address, index, true)
      }
    }
    let choice = defaults.first { servers[$0.server].level.answersAtOnce == nil } ?? defaults[0]
    return choice.server
  }

  /// Of two servers with one name: the first where they share an address, as nginx has it. On different ports the log
  /// cannot tell them apart: the one that does not merely redirect.
  private static func winner(_ first: Int, _ second: Int, of servers: [NginxServer]) -> Int {
    let shares = !servers[first].addresses.isDisjoint(with: servers[second].addresses)
    if shares || servers[first].level.answersAtOnce == nil || servers[second].level.answersAtOnce != nil {
      return first
    }
    return second
  }

  private static func note(loser: Int, winner: Int, _ servers: [NginxServer], audit: ConfigurationAudit) {
    let (lost, won) = (servers[loser], servers[winner])
    let ports = lost.addresses.sorted().joined(separator: ", ")
    audit.ignore(
      "server listening on \(ports)", at: lost.place,
      because:
        "by its host it cannot be told from the server in line \(won.place.line), whose limits are applied")
  }
}
