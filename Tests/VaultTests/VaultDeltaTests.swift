import Determinism
import Testing

@testable import Vault

@Suite struct VaultDeltaTests {
    static func map(_ entries: [VaultEntry]) -> [UInt8] {
        var map: [UInt8] = []
        for entry in entries { entry.appendMapLine(to: &map) }
        return map
    }

    /// What a map says of each key.
    static func read(_ map: [UInt8]) -> [String: String] {
        let lines = String(decoding: map, as: UTF8.self).split(separator: "\n")
        return Dictionary(
            lines.map { $0.split(separator: " ").map(String.init) }.map { ($0[0], $0[1]) },
            uniquingKeysWith: { $1 })
    }

    @Test func nothingChangedIsNothingToDo() throws {
        let map = Self.map([try VaultSample.entry(0), try VaultSample.entry(1)])

        #expect(try VaultDelta(from: map, to: map).isEmpty)
        #expect(try VaultDelta(from: [], to: []).isEmpty)
    }

    @Test("applied to the old map, it gives the new one, whatever the two are")
    func random() throws {
        let chance = SimulatedWorld(seed: 21).surroundings
        func some() throws -> [VaultEntry] {
            try (0..<60).compactMap { (number: UInt8) -> VaultEntry? in
                switch chance.randomBytes(1)[0] % 4 {
                case 0: nil
                case 1: try VaultSample.suspended(number)
                case 2: try VaultSample.entry(number)
                default: try VaultSample.entry(number, rate: 7)
                }
            }
        }
        for _ in 0..<100 {
            let (old, new) = (Self.map(try some()), Self.map(try some()))
            let delta = try VaultDelta(from: old, to: new)
            var map = Self.read(old)
            for key in delta.removed { #expect(map.removeValue(forKey: "\(key)") != nil) }
            for line in delta.changed {
                #expect(map.updateValue("\(line.grant)", forKey: "\(line.key)") != nil)
            }
            for line in delta.added {
                #expect(map.updateValue("\(line.grant)", forKey: "\(line.key)") == nil)
            }
            #expect(map == Self.read(new))
        }
    }

    @Test("a map with a line that is not ours has no difference to anything")
    func refused() throws {
        let good = String(decoding: Self.map([try VaultSample.entry(0)]), as: UTF8.self)
        let key = good.prefix(64)
        for bad in [
            "\(key) 1;starter;100;seal", "\(key)  1;starter;100;seal\n", "\(key)\n", "\n",
            "\(key) 0;starter;100;seal\n", "\(key) 1;gold;100;seal\n",
            "\(key) 1;starter;0;seal\n", "\(key) 1;starter;1000001;seal\n",
            "\(key) 1;starter;-1;seal\n", "\(key) 1;starter;+1;seal\n",
            "\(key) 01;starter;1;seal\n", "\(key) 1;suspended;1;seal\n",
            "\(key) 1;starter;1;mail\n", "\(key) 1;starter;1\n", "\(key) 1;starter;1;seal;x\n",
            "\(key) 1;starter;1;seal \n", "\(key) 1;starter;1;seal\r\n",
            "\(key) 4294967296;starter;1;seal\n", good + good,
            "\(key.dropLast()) 1;starter;1;seal\n", "# comment\n",
        ] {
            #expect(throws: VaultRefusal.self, "\(bad)") {
                try VaultDelta(from: [], to: Array(bad.utf8))
            }
            #expect(throws: VaultRefusal.self, "\(bad)") {
                try VaultDelta(from: Array(bad.utf8), to: [])
            }
        }
    }
}
