import ByteCodecs
import Determinism
import Idempotency
import Identifiers
import Storage
import SuiProtocol
import Testing

@testable import Escrow

/// What is booked.
extension ModelReplay {
    func book(_ step: JSONValue) async throws {
        let events = try await step["events"].array.asyncMap { try await self.event($0.array) }
        var gas: [GasCoin] = []
        if case .integer(let number) = step["gas"] {
            gas = try await coins(for: Int(number)).map {
                try Self.coin(Self.number($0), version: $0.reference.version + 1)
            }
        }
        try await window(events, gas: gas, epoch: bookedEpoch)
    }

    /// The next checkpoint; of now, where nothing else is said.
    func window(
        _ events: [EscrowEvent] = [], gas: [GasCoin] = [], epoch: Int64? = nil
    ) async throws {
        let next = try #require(try await world.bookkeeper.mark()) + 1
        digests += 1
        let raw = try events.enumerated().map { place, event in
            RawEvent(
                id: try Sample.event(1_000_000 + digests, Int64(place)), checkpoint: next,
                at: world.time.surroundings.now(), event)
        }
        bookedEpoch = epoch ?? self.epoch
        let summary = try await world.bookkeeper.book(
            CheckpointWindow(
                first: next, last: next, epoch: bookedEpoch, events: raw, gas: gas),
            as: world.leader)
        #expect(summary.isBooked)
    }

    /// `[kind, account, sequence, uid, obligation, balance after]`; a forged one is of an account
    /// that is none of ours.
    func event(_ parts: [JSONValue]) async throws -> EscrowEvent {
        let number = Int(try parts[1].number) + 1
        let sequence = UInt64(try parts[2].number)
        let after = UInt64(try parts[5].number)
        let before = try #require(try await world.database.account(Sample.account(number)))
        let change = Int64(after) - before.mirror.balance.units
        let reference = try reference(Int(try parts[3].number), parts[4])
        switch try parts[0].text {
        case "charged":
            return try EscrowWorld.charged(number, sequence, 1, reference, after: after)
        case "forged": return try EscrowWorld.charged(777, sequence, 1, reference, after: after)
        case "declined":
            return try EscrowWorld.declined(
                number, sequence, 1, reference, .insufficientBalance, balance: after)
        case "stale":
            return try EscrowWorld.declined(number, sequence, 1, reference, .stale, balance: after)
        case "cancelled":
            return .cancelled(
                .init(
                    account: try Sample.address(number), sequence: sequence, reference: reference))
        case "refunded":
            return .refunded(
                .init(
                    account: try Sample.address(number), sequence: sequence, amount: 1,
                    reference: reference, balanceAfter: after))
        case "deposited": return try EscrowWorld.deposited(number, UInt64(change), after)
        case "withdrawn": return try EscrowWorld.withdrawn(number, UInt64(-change), after)
        default: throw TraceError()
        }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(
        _ transform: (Element) async throws -> Value
    ) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
