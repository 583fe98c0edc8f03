import Determinism
import Testing

@testable import Vault

@Suite struct VaultDeltaTests {
    static func map(_ entries: [VaultEntry]) -> [UInt8] {
        Array(entries.map(\.mapLine).joined().utf8)
    }

    /// What HAProxy's map has after the commands, by its own rules.
    static func applied(_ commands: [String], to map: [UInt8]) -> [String: String] {
        var entries: [String: String] = [:]
        for line in String(decoding: map, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            entries[String(words[0])] = String(words[1])
        }
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            #expect(words[2] == "/keys")
            let value = words.count > 4 ? words[4].split(separator: "\\").joined() : nil
            switch words[0] {
            case "add":
                #expect(entries[words[3]] == nil, "a second entry")
                entries[words[3]] = value
            case "set":
                #expect(entries[words[3]] != nil, "no entry to change")
                entries[words[3]] = value
            default: #expect(entries.removeValue(forKey: words[3]) != nil, "nothing to remove")
            }
        }
        return entries
    }

    @Test func nothingChangedIsNothingToDo() throws {
        let map = Self.map([try VaultSample.entry(0), try VaultSample.entry(1)])

        #expect(try VaultDelta(from: map, to: map).isEmpty)
        #expect(try VaultDelta(from: [], to: []).commands(map: "/keys").isEmpty)
    }

    @Test("what ends service goes first, and every semicolon is escaped")
    func commands() throws {
        let old = Self.map(try [0, 1, 2, 3].map { try VaultSample.entry($0) })
        let new = Self.map([
            try VaultSample.entry(1, rate: 5), try VaultSample.entry(2),
            try VaultSample.suspended(3), try VaultSample.entry(4),
        ])
        let tail = String(repeating: "07", count: 31)

        #expect(
            try VaultDelta(from: old, to: new).commands(map: "/keys") == [
                "del map /keys 00\(tail)",
                "set map /keys 03\(tail) 4\\;suspended\\;0\\;seal",
                "set map /keys 01\(tail) 2\\;starter\\;5\\;seal",
                "add map /keys 04\(tail) 5\\;starter\\;100\\;seal",
            ])
    }

    @Test("applied to the old map, the commands give the new one, whatever the two are")
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
            let commands = try VaultDelta(from: old, to: new).commands(map: "/keys")

            #expect(Self.applied(commands, to: old) == Self.applied([], to: new))
        }
    }

    @Test("a map with a line that is not ours has no difference to anything")
    func refused() throws {
        let good = try VaultSample.entry(0).mapLine
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
