import Identifiers
import SuiProtocol
import Testing

@testable import Escrow

@Suite struct ChargeBatchTests {
    private func operations(_ count: Int) throws -> [ChargeBatch.Operation] {
        try (0..<count).map { number in
            ChargeBatch.Operation(
                charge: try Sample.chargeID(number), account: try Sample.account(number),
                sequence: 1, amount: MicroUSDC(5),
                reference: try Sample.reference(number, obligation: "i-\(number)"))
        }
    }

    private func batch(_ count: Int) throws -> ChargeBatch {
        try ChargeBatch(
            .charge, operations(count), gas: Sample.gas(1, version: 10), lastEpoch: 8)
    }

    @Test("what cannot share a transaction is refused")
    func refused() throws {
        let gas = try Sample.gas(1, version: 1)
        let many = try operations(257)
        #expect(throws: ChargeBatchError.empty) {
            try ChargeBatch(.charge, [], gas: gas, lastEpoch: 1)
        }
        #expect(throws: ChargeBatchError.tooMany(limit: 256)) {
            try ChargeBatch(.charge, many, gas: gas, lastEpoch: 1)
        }
        for purpose in [ChargeBatch.Purpose.refund, .cancel] {
            #expect(throws: ChargeBatchError.tooMany(limit: 1)) {
                try ChargeBatch(purpose, Array(many.prefix(2)), gas: gas, lastEpoch: 1)
            }
        }
        #expect(throws: ChargeBatchError.accountTwice(many[0].account)) {
            try ChargeBatch(.charge, [many[0], many[1], many[0]], gas: gas, lastEpoch: 1)
        }
        let full = try ChargeBatch(.charge, Array(many.prefix(256)), gas: gas, lastEpoch: 1)
        #expect(full.operations.count == 256)
    }

    @Test(
        "other gas is spent only when the old version is consumed or its last epoch is over",
        arguments: [(10, 7, false), (10, 8, false), (9, 8, false), (11, 0, true), (10, 9, true)])
    func fate(version: UInt64, epoch: Int64, isDead: Bool) throws {
        let batch = try batch(4)
        let booked = ChargeBatch.BookedGas(version: version, epoch: epoch)
        #expect(batch.fate(as: booked) == (isDead ? .dead : .live))
        let ended: Set = [batch.operations[1].charge]
        let left = [0, 2, 3].map { batch.operations[$0] }
        let expected: ChargeBatch.Rebuild =
            isDead ? .otherGas([[left[0]], [left[1], left[2]]]) : .sameGas(left)
        #expect(batch.rebuild(without: ended, as: booked) == expected)
    }

    @Test("a build with a later epoch keeps the batch alive for as long")
    func extended() throws {
        let batch = try batch(1).extended(through: 9)
        #expect(batch.fate(as: .init(version: 10, epoch: 9)) == .live)
        #expect(batch.fate(as: .init(version: 10, epoch: 10)) == .dead)
        #expect(batch.extended(through: 3) == batch)
    }

    @Test("what the failure names goes alone, the rest stays together; never while it may run")
    func suspects() throws {
        let batch = try batch(4)
        let named: Set = [batch.operations[2].charge]
        let dead = ChargeBatch.BookedGas(version: 11, epoch: 0)
        let live = ChargeBatch.BookedGas(version: 10, epoch: 8)
        let others = [0, 1, 3].map { batch.operations[$0] }
        #expect(
            batch.rebuild(without: [], suspects: named, as: dead)
                == .otherGas([[batch.operations[2]], others]))
        #expect(
            batch.rebuild(without: [], suspects: named, as: live) == .sameGas(batch.operations))
        let all = Set(batch.operations.map(\.charge))
        #expect(batch.rebuild(without: all, as: dead) == .nothing)
    }
}
