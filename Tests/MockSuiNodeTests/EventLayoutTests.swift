import ByteCodecs
import Glibc
import SuiProtocol
import Testing

@testable import MockSuiNode

/// Both sides of the contract were written apart: the node that emits, and the code that reads.
@Suite struct EventLayoutTests {
    /// A chain on which every kind of event has happened.
    private func everything() throws -> LedgerWorld {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let `operator` = world.shared(world.ledger.genesis.operatorID, .immutable)
        try world.charge(account, seq: 1, 300)
        try world.charge(account, seq: 2, 3000)
        try world.run(
            [world.call("cancel", [.input(0), .input(1), .input(2), .input(3)])],
            [world.shared(account), `operator`, LedgerWorld.number(3), LedgerWorld.bytes([1])],
            by: world.charger)
        let coin = world.mint(world.usdc, 9, to: world.charger.address)
        try world.run(
            [world.call("refund", [.input(0), .input(1), .input(2), .input(3), .input(4)])],
            [
                world.shared(account), `operator`, LedgerWorld.number(4), world.owned(coin),
                LedgerWorld.bytes([1]),
            ], by: world.charger)
        try world.run(
            [world.call("set_spending_limit", [.input(0), .input(1), .input(2)])],
            [world.shared(account), LedgerWorld.number(77), world.clock], by: world.alice)
        try world.run(
            [
                world.call("withdraw", [.input(0), .input(1)]),
                .transferObjects([.result(0)], to: .input(2)),
            ],
            [
                world.shared(account), LedgerWorld.number(5), .pure(world.alice.address.bytes),
            ], by: world.alice)
        try rotate(&world)
        return world
    }

    private func rotate(_ world: inout LedgerWorld) throws {
        let treasury = try Genesis.developmentKey("treasury", of: 7)
        world.mint(.sui, 1_000_000_000, to: treasury.address)
        let done = try world.run(
            [world.call("rotate_charger", [.input(0), .input(1), .input(2)], types: false)],
            [
                world.owned(world.ledger.genesis.operatorCapID),
                world.shared(world.ledger.genesis.operatorID),
                .pure(world.bob.address.bytes),
            ], by: treasury)
        #expect(done.effects.failure == nil)
    }

    @Test("every event is read as it was written, and to its last byte")
    func bytes() throws {
        let world = try everything()
        var seen = Set<MoveIdentifier>()
        for event in world.ledger.events {
            let name = try #require(
                EscrowEvent.Name.allCases.first { $0.identifier == event.type.name })
            #expect(try EscrowEvent(name, bcs: event.bcs).bcs == event.bcs)
            #expect(event.type.typeArguments == (name.isOfAccount ? [world.usdc] : []))
            seen.insert(event.type.name)
        }
        #expect(seen.count == EscrowEvent.Name.allCases.count)
    }

    @Test("fields have the names and the order of the contract's vector")
    func names() throws {
        let vector = try JSONValue.parse(Self.file("Vectors/contract/escrow.json"))
        let known = try #require(vector["events"]?.elements)
        for event in try everything().ledger.events {
            let entry = known.first { $0["name"]?.string == event.type.name.description }
            let names = entry?["fields"]?.elements?.compactMap { $0["name"]?.string }
            #expect(names == event.fields.map(\.name))
        }
    }

    private static func file(_ path: String) -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        guard let file = fopen("/\(root)/\(path)", "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }
}
