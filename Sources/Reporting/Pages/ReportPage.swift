import Analysis

/// One section of the report.
///
/// A page asks the night what it needs and puts facts into blocks. It gives nothing where the night has no data for
/// it, and its section is left out. Adding one is its file and its line in `ReportPages`.
public protocol ReportPage: Sendable {
  /// Anchor and JSON key: `routes`.
  var id: String { get }
  var title: String { get }
  /// Whether it reads the report's findings: the other pages are made while they are looked for.
  var needsFindings: Bool { get }
  func blocks(of report: Report) async throws -> [Document.Block]?
}

extension ReportPage {
  public var needsFindings: Bool { false }
}

/// Every page, in the order of the report.
public enum ReportPages {
  public static let all: [any ReportPage] = [
    VerdictPage(),
    TrustPage(),
    FindingsPage(),
    TrafficPage(),
    RoutesPage(),
    LatencyPage(),
    CachePage(),
    ConsumersPage(),
    UpstreamsPage(),
    ClientsPage(),
    SecurityPage(),
    WhatIfPage(),
    MethodPage(),
  ]

  /// The sections that have something to say, in order.
  /// - Parameter judged: the same report with its findings.
  public static func sections(
    of report: Report, judged: @escaping @Sendable () async throws -> Report
  ) async throws -> [Section] {
    try await withThrowingTaskGroup(of: (Int, Section?).self) { group in
      for (index, page) in all.enumerated() {
        if page.needsFindings {
          group.addTask { (index, try await section(page, of: judged())) }
        } else {
          group.addTask(operation: report.night.announced { (index, try await section(page, of: report)) })
        }
      }
      Night.endAnnouncement()
      return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.compactMap(\.1)
    }
  }

  private static func section(_ page: any ReportPage, of report: Report) async throws -> Section? {
    guard let blocks = try await page.blocks(of: report), !blocks.isEmpty else { return nil }
    return Section(id: page.id, title: page.title, blocks: blocks)
  }
}
