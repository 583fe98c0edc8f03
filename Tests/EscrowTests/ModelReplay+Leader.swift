import ByteCodecs
import Determinism
import Idempotency
import Identifiers
import Storage
import SuiProtocol
import Testing

@testable import Escrow

/// What is signed.
extension ModelReplay {
    func sign(_ step: JSONValue) async throws {
        let first = try id(try #require(try step["ops"].array.first)["uid"])
        let kind = try #require(try await world.charges.find(first)).charge.kind
        try await sign(step, kind == .charge ? .charge : .refund)
    }

    /// Of what is fenced, the engine wants it by itself; of what is signed, somebody asks for it.
    func cancel(_ step: JSONValue) async throws { try await sign(step, .cancel) }

    func sign(_ step: JSONValue, _ purpose: ChargeBatch.Purpose) async throws {
        let isPlanned = try await planned().contains { one in
            try step["ops"].array.contains { try id($0["uid"]) == one.operation.id }
        }
        if isPlanned || purpose != .cancel { try await expectWanted(step, purpose) }
        let gas = try await free(step)
        let outcome = try await world.signing.sign(
            batch(step, purpose, gas: gas), as: world.leader)
        #expect(outcome == .signed, "\(step)")
    }

    /// The engine, were it to decide now, would sign that under the same numbers.
    private func expectWanted(_ step: JSONValue, _ purpose: ChargeBatch.Purpose) async throws {
        var settings = EngineSettings()
        settings.fillMilliseconds = 0
        var core = EngineCore(settings: settings)
        let view = try await view()
        let now = world.time.surroundings.now()
        _ = core.upkeep(view, at: now)
        var wanted: [ChargeID: Int64] = [:]
        for case .sign(purpose, let operations, _) in core.take(
            try await planned(), view, at: now
        ).steps {
            for one in operations { wanted[one.id] = one.fixed.sequence }
        }
        for operation in try step["ops"].array {
            #expect(wanted[try id(operation["uid"])] == (try operation["seq"].number), "\(step)")
        }
    }

    private func view() async throws -> EngineView {
        let mark = try #require(try await world.database.followerMark())
        return EngineView(
            bookedEpoch: mark.epoch, chainEpoch: mark.epoch,
            coins: try await world.database.laneCoins(limit: 99),
            live: try await world.database.liveBatches(), dead: [], cancellations: [],
            signedWithinHour: .zero)
    }

    func planned() async throws -> [PlannedOperation] {
        try await world.database.plannedOperations(after: nil, limit: 99)
    }

    func rebuild(_ step: JSONValue) async throws {
        let (record, earlier, lineage) = try await signed(step)
        let purpose: ChargeBatch.Purpose = record.charge.kind == .charge ? .charge : .refund
        let live = try await world.database.liveBatches().first { $0.lineage == lineage }
        var gas = live?.gas
        if gas == nil { gas = try await free(step) }
        let outcome = try await world.signing.rebuild(
            batch(step, purpose, gas: try #require(gas)), after: earlier, as: world.leader)
        #expect(outcome == .signed, "\(step)")
    }

    func release(_ step: JSONValue) async throws {
        let (_, _, lineage) = try await signed(step)
        let live = try await world.database.liveBatches().first { $0.lineage == lineage }
        let nothing = SignedMaintenance(
            coins: [try #require(live).gas], lastEpoch: epoch + 1, digest: try digest(),
            bytes: [1], signature: [2])
        let isKept = try await world.signing.release(nothing, lineage: lineage, as: world.leader)
        #expect(isKept, "\(step)")
    }

    /// The first operation of the step, with the bytes that it has and their lineage.
    func signed(
        _ step: JSONValue
    ) async throws -> (ChargeRecord, TransactionDigest, lineage: [UInt8]) {
        let operation = try #require(try step["ops"].array.first)
        let record = try #require(try await world.charges.find(try id(operation["uid"])))
        guard case .signed(let signing) = record.charge.state, let earlier = signing.transaction
        else { throw TraceError() }
        let lineage: [UInt8]? = try await world.database.value(
            "SELECT lineage FROM charge_batches WHERE digest = \(earlier.bytes)")
        return (record, earlier, try #require(lineage))
    }

    func batch(
        _ step: JSONValue, _ purpose: ChargeBatch.Purpose, gas: ObjectReference
    ) async throws -> SignedBatch {
        digests += 1
        return try await world.batch(
            purpose,
            try step["ops"].array.map { (try id($0["uid"]), try $0["seq"].number) },
            gas: gas, digest: 1_000_000 + digests, lastEpoch: epoch + 1)
    }

    /// The coin that the model takes. Where bytes whose operations have all ended may still spend
    /// it, the model takes it again, which shows more than can happen: then another stands for it.
    func free(_ step: JSONValue) async throws -> ObjectReference {
        let coins = try await coins(for: Int(try step["gas"].number))
        for coin in coins where try await unresolved(on: coin.reference) == nil {
            return coin.reference
        }
        for coin in coins { #expect(try await unresolved(on: coin.reference) == 0, "\(step)") }
        let last = try #require(coins.last)
        let other = try Self.coin(
            Self.number(last) + Self.coins, version: last.reference.version)
        try await window(gas: [other], epoch: bookedEpoch)
        return other.reference
    }

    /// As booked: the model's own first.
    func coins(for number: Int) async throws -> [GasCoin] {
        try await world.database.laneCoins(limit: 99).map(\.coin)
            .filter { Self.number($0) % Self.coins == number }
            .sorted { Self.number($0) < Self.number($1) }
    }

    /// Operations that wait for bytes which may still spend the coin; nil where there are no bytes.
    func unresolved(on gas: ObjectReference) async throws -> Int64? {
        try await world.database.value(
            """
            SELECT count(c.charge_id)
              FROM gas_claims AS g JOIN charge_batches AS b USING (lineage)
              LEFT JOIN charges AS c ON c.state = 'signed'
                   AND (c.transaction_digest = b.digest OR c.cancel_digest = b.digest)
             WHERE g.gas_object = \(gas.id.bytes) AND g.gas_version = \(Int64(gas.version))
               AND g.released_at IS NULL
             GROUP BY g.lineage
            """)
    }
}
