import Simulation
import Testing

@Suite("Counter-based random numbers") struct CounterRandomTests {
  @Test("are those of the specification")
  func vectors() {
    let random = CounterRandom(seed: 42, entity: 7)
    #expect((0..<3).map { random.bits(.retries, $0) } == [0x63ad_224a_8c57_dc1d, 0x4fd9_6761_a2e3_c8a5, 0x259f_c1d0_00a9_b1a0])
  }

  @Test("are SplitMix64's numbers under its own counter")
  func splitMix() {
    let expected: [UInt64] = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
    let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
    for (index, value) in expected.enumerated() {
      #expect(CounterRandom.mix(1_234_567 &+ increment &* UInt64(index + 1)) == value)
    }
  }

  @Test("whole numbers cover their range evenly, and only it")
  func integers() {
    var counts = [Int](repeating: 0, count: 10)
    for entity in 0..<100_000 { counts[Int(CounterRandom(seed: 3, entity: UInt64(entity)).integer(upTo: 9, .wait, 0))] += 1 }
    for count in counts { #expect(abs(count - 10_000) < 500) }
    #expect(CounterRandom(seed: 3, entity: 1).integer(upTo: 0, .wait, 0) == 0)
    #expect(CounterRandom(seed: 3, entity: 1).integer(upTo: .max, .wait, 0) >= 0)
    #expect(CounterRandom(seed: 3, entity: 1).integer(upTo: -5, .wait, 0) == 0)
  }

  @Test("uniform numbers have the mean and variance of uniform numbers")
  func uniform() {
    let values = (0..<100_000).map { CounterRandom(seed: 9, entity: 1).uniform(.wait, UInt64($0)) }
    let mean = values.reduce(0, +) / 100_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(mean - 0.5) < 0.005 && abs(variance - 1.0 / 12) < 0.002)
  }
}
