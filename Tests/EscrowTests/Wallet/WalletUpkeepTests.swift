import Determinism
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct WalletUpkeepTests {
    private static let day: Int64 = 24 * 60 * 60 * 1000

    @Test("after a week what never came to anything goes, and what was sent stays for ever")
    func remove() async throws {
        let world = try await EscrowWorld(begins: false)
        let customer = try await world.customerRow(7)
        var number = 0
        for state in WalletTransaction.State.allCases where state != .confirmed {
            for days: Int64 in [6, 8] {
                number += 1
                try await add(state, days: days, number, of: customer, to: world)
            }
        }
        let upkeep = WalletUpkeep(database: world.database, surroundings: world.time.surroundings)
        #expect(try await upkeep.remove() == 2)
        #expect(try await upkeep.remove() == 0)
        for state in WalletTransaction.State.allCases where state != .confirmed {
            let kept = [.built, .watched].contains(state) ? 1 : 2
            #expect(
                try await world.count("wallet_transactions", where: "state = '\(state.rawValue)'")
                    == kept)
        }
        world.time.advance(milliseconds: 1000 * Self.day)
        #expect(try await upkeep.remove() == 2)
        #expect(try await world.count("wallet_transactions") == 8)
    }

    private func add(
        _ state: WalletTransaction.State, days: Int64, _ number: Int, of customer: Int,
        to world: EscrowWorld
    ) async throws {
        let at = world.time.surroundings.now().adding(milliseconds: -days * Self.day).rfc3339
        let digest = try Sample.digest(number).bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        let whole = state == .watched ? "NULL, NULL, NULL, NULL" : "'deposit', '\\x01', 5, 'words'"
        try await world.store.run(
            """
            INSERT INTO wallet_transactions (customer_id, digest, kind, bytes, last_epoch, summary,
                state, created_at, submitted_at)
            VALUES (\(customer), '\\x\(digest)', \(whole), '\(state.rawValue)', '\(at)',
                \(state == .built ? "NULL" : "'\(at)'"))
            """)
    }
}

extension EscrowWorld {
    /// A customer without an account.
    fileprivate func customerRow(_ number: Int) async throws -> Int {
        let wallet = try Sample.address(number).description.dropFirst(2)
        try await store.run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            VALUES (\(number), '\\x\(wallet)', now())
            """)
        return number
    }
}
