// The generators against their authors' published vectors and the project's golden streams.

import Testing

@testable import Analyzer

@Suite("random streams")
struct RandomStreamTests {
    @Test("xoshiro256++ from state 1, 2, 3, 4 gives the published sequence")
    func xoshiro() {
        // The reference list of rand_xoshiro, made with the authors' C code.
        let published: [UInt64] = [
            41943041, 58720359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205,
            9_973_669_472_204_895_162, 14_011_001_112_246_962_877, 12_406_186_145_184_390_807,
            15_849_039_046_786_891_736, 10_450_023_813_501_588_000,
        ]
        var stream = RandomStream(state: (1, 2, 3, 4))
        #expect(published == published.map { _ in stream.next() })
    }

    @Test("SplitMix64 from seed 1234567 gives the published sequence")
    func splitMix() {
        let published: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        var source = SplitMix64(seed: 1_234_567)
        #expect(published == published.map { _ in source.next() })
    }

    @Test(
        "FNV-1a gives its authors' test vectors",
        arguments: [
            ("", 14_695_981_039_346_656_037), ("a", 12_638_187_200_555_641_996), ("foobar", 9_625_390_261_332_436_968),
        ] as [(String, UInt64)]
    )
    func fnv(text: String, hash: UInt64) {
        #expect(RandomKey.fnv1a(text) == hash)
    }

    @Test("golden streams come out bit for bit", .enabled(if: Oracle.isPresent, Oracle.absent))
    func golden() throws {
        let streams = Oracle.root["rng"]["golden_streams"].items
        #expect(streams.count >= 5)
        for golden in streams {
            let key = RandomKey(
                seed: try #require(golden["seed"].unsigned),
                label: try #require(golden["label"].text)
            )
            let replicate = UInt64(try #require(golden["replicate"].int))
            let bound = UInt64(try #require(golden["n"].int))
            var raw = key.stream(replicate: replicate)
            #expect(golden["u64"].items.map(\.unsigned) == golden["u64"].items.map { _ in raw.next() })
            var indices = key.stream(replicate: replicate)
            #expect(golden["index"].items.map(\.int) == golden["index"].items.map { _ in indices.index(below: bound) })
        }
    }

    @Test("labels, seeds and replicates give different streams")
    func independence() {
        var firsts: Set<UInt64> = []
        for seed in 0..<10 as Range<UInt64> {
            for label in ["a", "b", "ab"] {
                for replicate in 0..<10 as Range<UInt64> {
                    var stream = RandomKey(seed: seed, label: label).stream(replicate: replicate)
                    firsts.insert(stream.next())
                }
            }
        }
        #expect(firsts.count == 300)
    }
}
