// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, warnings are errors, explicit `any`, explicit import visibility.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Targets without a byte kernel also refuse unmarked unsafe code.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
  name: "headroom",
  products: [.executable(name: "headroom", targets: ["headroom"])],
  targets: [
    // System libraries; `sh Tests/run.sh` and `sh samples/run.sh` install them where missing.
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // The house, lowest floor first: a target imports only targets above it in this list.
    .target(name: "Traffic", swiftSettings: strict),
    .target(name: "Scanning", dependencies: ["CZlib", "Traffic"], swiftSettings: strict),
    .target(name: "Statistics", dependencies: ["Traffic"], swiftSettings: strict),
    .target(name: "Formats", dependencies: ["Traffic", "Scanning"], swiftSettings: strict),
    .target(
      name: "Store", dependencies: ["CSQLite", "CZlib", "Traffic", "Scanning", "Statistics"],
      swiftSettings: strict),
    .target(name: "Gateways", dependencies: ["Traffic", "Scanning"], swiftSettings: strict),
    .target(
      name: "Ingest", dependencies: ["Traffic", "Scanning", "Formats", "Store", "Gateways"],
      swiftSettings: strict),
    .target(
      name: "Analysis", dependencies: ["Traffic", "Statistics", "Store", "Gateways"], swiftSettings: strict),
    .target(name: "Simulation", dependencies: ["Traffic", "Statistics", "Gateways"], swiftSettings: strict),
    .target(
      name: "Planning", dependencies: ["Traffic", "Statistics", "Gateways", "Analysis", "Simulation"],
      swiftSettings: strict),
    .target(
      name: "Reporting",
      dependencies: ["Traffic", "Scanning", "Statistics", "Gateways", "Analysis", "Simulation", "Planning"],
      swiftSettings: safe),
    .target(
      name: "CommandLine",
      dependencies: [
        "Traffic", "Scanning", "Statistics", "Formats", "Store", "Gateways", "Ingest", "Analysis",
        "Simulation", "Planning", "Reporting",
      ], swiftSettings: safe),
    .executableTarget(name: "headroom", dependencies: ["CommandLine"], swiftSettings: safe),

    // Test-time programs; the product never needs them.
    .executableTarget(name: "night", path: "samples/night", swiftSettings: strict),
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "Traffic", "Scanning", "Statistics", "Formats", "Store", "Gateways", "Ingest", "Analysis", "Simulation", "Planning",
        "CommandLine",
      ],
      path: "Tests/Benchmarks", exclude: ["peers"], swiftSettings: strict),

    .target(name: "TestSupport", dependencies: ["Traffic"], path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "TrafficTests", dependencies: ["Traffic", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "ScanningTests", dependencies: ["Scanning", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "FormatsTests", dependencies: ["Formats", "TestSupport"],
      exclude: ["Vectors"], swiftSettings: strict),
    .testTarget(name: "StoreTests", dependencies: ["Store", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "IngestTests", dependencies: ["Ingest", "Gateways", "Store", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "GatewaysTests", dependencies: ["Gateways", "Scanning", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "SimulationTests", dependencies: ["Simulation", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "PlanningTests", dependencies: ["Planning", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "ReportingTests", dependencies: ["Reporting", "TestSupport"], swiftSettings: strict),
    // The built binary as a user runs it.
    .testTarget(
      name: "AcceptanceTests",
      dependencies: ["headroom", "night", "CommandLine", "Store", "Analysis", "Reporting", "TestSupport"],
      swiftSettings: strict),
    // Real gateways on loopback, judged by their own logs.
    .testTarget(name: "ProofTests", dependencies: ["headroom", "TestSupport"], swiftSettings: strict),
    // Reports as a real browser shows them.
    .testTarget(name: "BrowserTests", dependencies: ["headroom", "night", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "CommandLineTests", dependencies: ["CommandLine", "TestSupport"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
