import Analysis
import Gateways
import Planning
import Traffic

/// Replays grids of limits for some products and puts them into an explorer.
struct ExplorerBuilding {
  let report: Report

  /// One product's grid, and what it was made from.
  struct Explored: Sendable {
    var dialect: LimitDialect
    var part: ArrivalKey.Part
    var answer: LimitGrid.Answer
    var traffic: GridTraffic
    /// nil where the product cannot say such a limit.
    var written: WrittenLimit?
  }

  /// Products of configurations with limits, in order, each once; nginx without any.
  var dialects: [LimitDialect] {
    var products: [GatewayProduct] = []
    for configuration in report.configurations where !configuration.reading.model.rules.isEmpty {
      let product = configuration.reading.model.product
      if !products.contains(product) { products.append(product) }
    }
    return (products.isEmpty ? [.nginx] : products).map(LimitDialect.init)
  }

  /// By consumer, or where the log names none by client address.
  func explore(_ dialect: LimitDialect) async throws -> Explored? {
    for part in [ArrivalKey.Part.consumer, .client] {
      if let explored = try await explore(dialect, by: part) { return explored }
    }
    return nil
  }

  private func explore(_ dialect: LimitDialect, by part: ArrivalKey.Part) async throws -> Explored? {
    let point: LimitPoint = dialect.axis == .rate ? .rate(.perSecond(10)) : .window(.minute)
    let written = Self.written(dialect, part, point)
    let resolutions = Dictionary(
      report.night.ledger.map { ($0.number, $0.resolution.count) }, uniquingKeysWith: { first, _ in first })
    let scope = report.night.scope
    let traffic = try await GridTraffic(
      report.night.traffic, by: part, as: written, dialect: dialect, scope: scope, resolutions: resolutions)
    // A key that stands in for another, such as an address, is no reason to count by the other.
    guard traffic.requests > traffic.withoutKey,
      let answer = await LimitGrid(dialect, threads: scope.threads ?? 2).answer(from: traffic)
    else { return nil }
    return Explored(dialect: dialect, part: part, answer: answer, traffic: traffic, written: written)
  }

  private static func written(_ dialect: LimitDialect, _ part: ArrivalKey.Part, _ point: LimitPoint) -> WrittenLimit? {
    do throws(NotExpressible) {
      return try WrittenLimit(dialect, by: part, at: point, size: max(20, dialect.smallestSize(at: point)))
    } catch {
      return nil
    }
  }

  // MARK: Explorer

  func explorer(_ all: [Explored]) -> LimitExplorer {
    LimitExplorer(
      id: "limits", title: "What would another limit do?", table: table(all), grids: all.map(grid))
  }

  private func grid(_ explored: Explored) -> LimitExplorer.Grid {
    let (answer, dialect) = (explored.answer, explored.dialect)
    var names = NameList { name(of: $0, explored.part) }
    var grid = LimitExplorer.Grid(
      product: dialect.product.rawValue, axis: dialect.axis, sizeWord: dialect.sizeWord,
      keyWord: explored.part.rawValue, requests: answer.requests, withoutKey: answer.withoutKey, keys: answer.keys)
    grid.sizes = answer.sizes
    grid.named = answer.named.map { key in
      LimitExplorer.Key(
        name: names.place(of: key.key), requests: key.requests, exact: key.exact, rejected: key.rejected)
    }
    grid.points = answer.points.map { point in
      LimitExplorer.Point(
        label: LimitsWords.point(point.point), sizes: point.sizes, exact: point.exact,
        rejected: point.outcomes.map(\.rejected), keysHit: point.outcomes.map(\.keysHit),
        worst: point.outcomes.map { outcome in
          outcome.worst.map { LimitExplorer.Hit(name: names.place(of: $0.key), rejected: $0.rejected) }
        },
        configuration: explored.written.flatMap { configuration($0, point) })
    }
    grid.names = names.texts
    grid.command = "headroom simulate --config \(Self.file(dialect.product))" + WhatIfCommand.window(report.night.scope)
    grid.notes = notes(explored)
    return grid
  }

  private func configuration(_ written: WrittenLimit, _ point: LimitGrid.Point) -> LimitExplorer.SizedText? {
    LimitExplorer.SizedText(point.sizes) { size in
      do throws(NotExpressible) { return try written.text(at: point.point, size: size) } catch { return nil }
    }
  }

  private func name(of key: GroupKey, _ part: ArrivalKey.Part) -> String {
    let column: ScanColumn = key.third == 1 ? .stored(.client) : part.column
    return report.night.traffic.text(of: key.first, in: column) ?? "(none)"
  }

  private static func file(_ product: GatewayProduct) -> String {
    switch product {
    case .nginx: "limit.conf"
    case .haproxy: "limit.cfg"
    case .krakend, .tyk, .aws, .plan: "limit.json"
    default: "limit.yaml"
    }
  }

  // MARK: Words

  private func notes(_ explored: Explored) -> [String] {
    var notes: [String] = []
    let (answer, product) = (explored.answer, explored.dialect.product.rawValue)
    if report.configurations.isEmpty {
      notes.append("No configuration was given: limits are counted as nginx does; --config FILE takes the product's own way.")
    }
    if answer.isThinned {
      let sizes = answer.sizes.isEmpty ? answer.points.map(\.sizes.count).max() ?? 0 : answer.sizes.count
      notes.append("There are many requests: the grid is \(answer.points.count) × \(sizes).")
    }
    if answer.withoutKey > 0 {
      let without = UnitText.integer(answer.withoutKey)
      notes.append("\(without) requests have no \(explored.part.rawValue): \(Self.fate(explored.written?.key.missing)).")
    }
    if explored.written == nil { notes.append("\(product) cannot be told a limit by \(explored.part.rawValue).") }
    if let header = explored.written?.header { notes.append("Put the header that names the consumer for \(header).") }
    if let capacity = explored.written?.capacity, answer.keys > Int64(capacity.keys) {
      notes.append(
        "The configuration keeps \(UnitText.integer(Int64(capacity.keys))) keys and forgets others; the grid forgets none.")
    }
    return notes
  }

  private static func fate(_ missing: LimitKey.Missing?) -> String {
    switch missing {
    case .passes, nil: "they are not limited"
    case .counts: "they share one count"
    case .clientAddress: "they are counted by their address"
    case .rejects: "they are rejected, whatever the limit"
    }
  }

  // MARK: Tables

  private func table(_ all: [Explored]) -> Table {
    var rows: [[Cell]] = []
    for explored in all {
      for point in explored.answer.points {
        for (size, outcome) in zip(point.sizes, point.outcomes) { rows.append(cells(explored, point, size, outcome)) }
      }
    }
    return Table(
      key: "limit_grid", title: "Replayed limits",
      columns: [
        Column("product", "Limiter", .text), Column("limit", "Limit", .text), Column("size", "Size", .integer),
        Column("rejected", "Rejected", .ratio), Column("keys_hit", "Keys hit", .integer),
        Column("worst_key", "Loses most", .text), Column("worst_key_rejected", "Its rejections", .integer),
      ], rows: rows, noun: "limits", derivation: all.first.map { WhatIfCommand.frontier($0, report.night) })
  }

  private func cells(
    _ explored: Explored, _ point: LimitGrid.Point, _ size: Int64, _ outcome: LimitGrid.Outcome
  ) -> [Cell] {
    [
      .text(explored.dialect.product.rawValue), .text(LimitsWords.point(point.point)), .integer(size),
      .ratio(outcome.rejected, of: explored.answer.requests), .integer(outcome.keysHit),
      .words(outcome.worst.first.map { name(of: $0.key, explored.part) }), .count(outcome.worst.first?.rejected),
    ]
  }

  /// The curve of the smallest sizes that reject nobody, where the product counts by rates.
  func frontier(_ explored: Explored) -> Figure? {
    guard explored.dialect.axis == .rate else { return nil }
    let product = explored.dialect.product.rawValue
    let rows = explored.answer.points.compactMap { point -> [Cell]? in
      guard let rate = point.point.rate, let exact = point.exact else { return nil }
      return [
        .text(LimitsWords.rate(rate)), .rate(rate.count, over: Microseconds(rate.period)), .integer(exact),
        .words(point.exactKey.map { name(of: $0, explored.part) }),
      ]
    }
    guard rows.count > 1 else { return nil }
    let (first, last) = (report.night.ledger.compactMap(\.firstArrival).min(), report.night.ledger.compactMap(\.lastArrival).max())
    return Figure(
      id: "frontier-\(product)", title: "Smallest \(explored.dialect.sizeWord) that rejects nobody, \(product)",
      chart: .frontier(rate: "rate", series: ["size"]), unit: "requests",
      first: report.night.scope.filter.since ?? first, last: report.night.scope.filter.until ?? last,
      samples: explored.traffic.counted,
      table: Table(
        key: "frontier_\(product)",
        columns: [
          Column("limit", "Rate", .text), Column("rate", "Per second", .rate),
          Column("size", explored.dialect.sizeWord, .integer), Column("needed_by", "Needed by", .text),
        ], rows: rows, noun: "rates", derivation: WhatIfCommand.frontier(explored, report.night)))
  }
}

/// Names by place, each key once.
private struct NameList {
  private var places: [GroupKey: Int] = [:]
  private(set) var texts: [String] = []
  private let text: (GroupKey) -> String

  init(_ text: @escaping (GroupKey) -> String) { self.text = text }

  mutating func place(of key: GroupKey) -> Int {
    if let place = places[key] { return place }
    places[key] = texts.count
    texts.append(text(key))
    return texts.count - 1
  }
}

/// Commands that give the page's numbers again.
enum WhatIfCommand {
  /// ` --since … --until …` as the report's window has them.
  static func window(_ scope: Scope) -> String {
    (scope.filter.since.map { " --since \(TimeText.iso($0))" } ?? "")
      + (scope.filter.until.map { " --until \(TimeText.iso($0))" } ?? "")
  }

  static func frontier(_ explored: ExplorerBuilding.Explored, _ night: Night) -> Derivation {
    let nodes = Set(night.ledger.compactMap(\.node)).count
    let perNode = explored.written?.scope == .perNode && nodes > 1 ? " --key node" : ""
    let points = explored.answer.points.map { point in
      switch point.point {
      case .rate(let rate): LimitsWords.rate(rate)
      case .window(let window): "\(window.count / 1_000_000)s"
      }
    }
    let axis = explored.dialect.axis == .rate ? "rates" : "windows"
    return .command(
      "headroom limits --for \(explored.dialect.product.rawValue) --key \(explored.part.rawValue)\(perNode)"
        + " --\(axis) \(points.joined(separator: ","))" + window(night.scope))
  }

  static func simulate(_ report: Report) -> Derivation {
    .command(
      "headroom simulate" + report.configurations.map { " --config \(quoted($0.name))" }.joined()
        + window(report.night.scope))
  }

  /// As a shell takes it.
  static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
    if plain, !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
