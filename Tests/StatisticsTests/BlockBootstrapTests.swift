import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite("The block bootstrap") struct BlockBootstrapTests {
  @Test("draws as many blocks as there are, each as likely as the others") func draws() {
    let bootstrap = BlockBootstrap(blocks: 24, seed: 1, resamples: 2_000)
    var totals = [Double](repeating: 0, count: 24)
    for resample in 0..<2_000 {
      let weights = Array(bootstrap.weights(of: resample))
      #expect(weights.reduce(0, +) == 24)
      for block in 0..<24 { totals[block] += weights[block] }
    }
    for total in totals { #expect(abs(total / 2_000 - 1) < 0.1) }
  }

  @Test("widens its interval where the blocks are few") func tails() {
    #expect(BlockBootstrap.tail(blocks: 8) < BlockBootstrap.tail(blocks: 24))
    #expect(abs(BlockBootstrap.tail(blocks: 10_000) - 0.025) < 1e-4)
    // t(0.975; 23) = 2.0687, times √(24/23).
    #expect(abs(BlockBootstrap.tail(blocks: 24) - 0.01732) < 2e-4)
  }

  @Test("covers the true mean about 95 times in 100, also with dependent neighbours inside blocks")
  func coverage() {
    var hits = 0
    let series = 300
    for seed in 0..<series {
      var random = SeededGenerator(seed: UInt64(seed) &* 7_919)
      let blocks = (0..<24).map { _ in
        // A shared shift per block, and ten values each: independent only from block to block.
        let shift = -log(Double.random(in: 1e-6..<1, using: &random))
        return (0..<10).map { _ in shift + Double.random(in: -0.5...0.5, using: &random) }.reduce(0, +) / 10
      }
      let bootstrap = BlockBootstrap(blocks: 24, seed: UInt64(seed))
      let values = (0..<bootstrap.resamples).map { resample -> Double? in
        zip(bootstrap.weights(of: resample), blocks).map(*).reduce(0, +) / 24
      }
      if bootstrap.interval(of: values)?.contains(1) == true { hits += 1 }
    }
    #expect((0.90...0.985).contains(Double(hits) / Double(series)), "\(hits) of \(series)")
  }

  @Test("has no interval where resamples often have no value") func unknown() {
    let bootstrap = BlockBootstrap(blocks: 10, seed: 3, resamples: 100)
    #expect(bootstrap.interval(of: (0..<100).map { $0 < 6 ? nil : 1 }) == nil)
    #expect(bootstrap.interval(of: (0..<100).map { $0 < 4 ? nil : 1 }) == 1...1)
    #expect(bootstrap.interval(of: []) == nil)
  }
}
