import ByteCodecs
import Determinism
import Idempotency
import Identifiers
import Storage
import SuiProtocol
import Testing

@testable import Escrow

/// What services and operators ask for.
extension ModelReplay {
    func plan(_ step: JSONValue) async throws {
        let uid = Int(try step["uid"].number)
        let obligation = try step["ob"].number
        if try step["kind"].text == "charge" {
            let customer = try #require(CustomerID(try step["account"].number + 1))
            let new = world.newCharge(
                customer, 1, key: "charge-\(uid)", invoice: "invoice-\(obligation)")
            ids[uid] = try await world.charges.plan(new).id
        } else {
            let charge = try #require(
                try rows.first {
                    try $0["kind"].text == "charge" && $0["state"].text == "settled"
                        && $0["ob"] == .integer(obligation)
                })
            // The same request, if a restored database has forgotten it.
            var key = world.idempotencyKey("refund-\(obligation)")
            if try await isKnown(key.key) { key = world.idempotencyKey("refund-again-\(uid)") }
            ids[uid] = try await world.charges.plan(
                NewRefund(charge: try id(charge["uid"]), amount: MicroUSDC(1), key: key)
            ).id
        }
        references[uid] = try await world.reference(try #require(ids[uid]))
    }

    func isKnown(_ key: String) async throws -> Bool {
        try await world.database.value(
            "SELECT EXISTS (SELECT FROM idempotency_keys WHERE key = \(key))") ?? false
    }

    func thaw(_ account: AccountID) async throws {
        let breaks = Breaks(database: world.database, surroundings: world.time.surroundings)
        for found in try await breaks.open() where found.account == account {
            _ = try await breaks.accept(found.number, because: "looked", by: .null)
        }
    }
}
