public import Determinism
public import Identifiers
public import Storage
public import SuiProtocol

/// Where signed bytes are written before they are sent: the leader's alone, all or nothing.
///
/// Only ``SigningOutcome/signed`` allows sending. From ``StorageError/connectionLost`` the caller
/// looks with ``find(_:)`` whether the bytes were written.
public struct SigningBook: Sendable {
    /// Over so long the cap on charges counts.
    static let capSeconds: Int64 = 3600

    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// The first bytes of planned operations, or a cancellation.
    ///
    /// - Parameter hourCap: of all charges that are signed for the first time within an hour.
    public func sign(
        _ signed: SignedBatch, hourCap: MicroUSDC? = nil, as leader: Generation
    ) async throws(LeaderError) -> SigningOutcome {
        let isCancellation = signed.batch.purpose == .cancel
        return try await write(signed, as: leader) { transaction, now throws(StorageError) in
            guard try await transaction.claimGas(signed, at: now) else { return .gasTaken }
            if isCancellation, let id = signed.batch.operations.first?.charge,
                try await transaction.hasLiveCancellation(id)
            {
                return .notDead
            }
            try await transaction.insert(
                signed, lineage: signed.digest.bytes, as: leader, at: now)
            let count =
                isCancellation
                ? try await transaction.signCancellation(signed, at: now)
                : try await transaction.signPlanned(signed, at: now)
            guard count == signed.batch.operations.count else { return .operationsChanged }
            guard signed.batch.purpose == .charge else { return .signed }
            let sum = try await transaction.addSignedAmount(
                signed.batch.sum, at: now, since: now.adding(seconds: -Self.capSeconds))
            return hourCap.map { sum > $0.units } ?? false ? .capReached : .signed
        }
    }

    /// Bytes that only move the charger's SUI between its coins: kept like any others, and their
    /// coins with them, until the follower has seen what became of them.
    ///
    /// - Returns: false when a coin is not as it was read, or another transaction has it.
    func keep(
        _ signed: SignedMaintenance, as leader: Generation
    ) async throws(LeaderError) -> Bool {
        let now = surroundings.now()
        return try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.commitDurably()
            let isClaimed = try await transaction.claimGas(
                signed.coins, lineage: signed.digest, lastEpoch: signed.lastEpoch, at: now)
            guard isClaimed else {
                transaction.abandon()
                return false
            }
            try await transaction.insertMaintenance(
                signed, lineage: signed.digest.bytes, as: leader, at: now)
            return true
        }
    }

    /// Bytes that spend a lineage's version of its gas coin on nothing: at most one of them and of
    /// those that were signed before can run.
    ///
    /// - Returns: false when the lineage is dead already, or has another coin.
    func release(
        _ signed: SignedMaintenance, lineage: [UInt8], as leader: Generation
    ) async throws(LeaderError) -> Bool {
        let now = surroundings.now()
        return try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.commitDurably()
            guard let gas = signed.coins.first, signed.coins.count == 1,
                try await transaction.isLive(lineage: lineage),
                try await transaction.spends(gas, lineage: lineage)
            else { return false }
            try await transaction.extend(lineage: lineage, through: signed.lastEpoch)
            guard try await transaction.lineage(of: signed.digest) == nil else { return true }
            try await transaction.insertMaintenance(
                signed, lineage: lineage, as: leader, at: now)
            return true
        }
    }

    /// New bytes for operations whose transaction was `earlier`: all that have no outcome, with the
    /// same version of the same gas coin; or, once that is known to be dead, any of them with
    /// another. Bytes that the lineage had before are the operations' own again.
    public func rebuild(
        _ signed: SignedBatch, after earlier: TransactionDigest, as leader: Generation
    ) async throws(LeaderError) -> SigningOutcome {
        try await write(signed, as: leader) { transaction, now throws(StorageError) in
            guard let lineage = try await transaction.lineage(of: earlier) else {
                return .operationsChanged
            }
            let isLive = try await transaction.isLive(lineage: lineage)
            let count = signed.batch.operations.count
            if isLive {
                guard try await transaction.spends(signed.batch.gas, lineage: lineage) else {
                    return .notDead
                }
                guard try await transaction.unresolved(in: lineage) == count else {
                    return .operationsChanged
                }
                try await transaction.extend(lineage: lineage, through: signed.batch.lastEpoch)
            } else {
                guard try await transaction.claimGas(signed, at: now) else { return .gasTaken }
            }
            let home = isLive ? lineage : signed.digest.bytes
            if try await transaction.lineage(of: signed.digest) != home {
                try await transaction.insert(signed, lineage: home, as: leader, at: now)
            }
            let changed = try await transaction.signAgain(signed, lineage: lineage)
            return changed == count ? .signed : .operationsChanged
        }
    }

    /// Says for who looks at them what keeps operations from being done.
    func noteTrouble(
        _ message: String, of ids: [ChargeID], as leader: Generation
    ) async throws(LeaderError) {
        try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.noteTrouble(message, of: ids)
        }
    }

    /// Gives up an operation that is only planned.
    ///
    /// - Returns: false when it is not, or is fenced.
    public func withdraw(
        _ id: ChargeID, as leader: Generation
    ) async throws(LeaderError) -> Bool {
        let now = surroundings.now()
        return try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.withdraw(id, at: now)
        }
    }

    /// After the database turned out to be older than the chain: what is planned now is never
    /// charged, only cancelled.
    ///
    /// - Returns: how many operations.
    public func fencePlanned(as leader: Generation) async throws(LeaderError) -> Int {
        try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.fencePlanned()
        }
    }

    public func find(_ id: ChargeID) async throws(StorageError) -> ChargeRecord? {
        try await database.charge(id)
    }

    /// Accounts are locked before anything is looked at, so that no event is booked in between.
    private func write(
        _ signed: SignedBatch, as leader: Generation,
        _ body: @Sendable (Transaction, Timestamp) async throws(StorageError) -> SigningOutcome
    ) async throws(LeaderError) -> SigningOutcome {
        let now = surroundings.now()
        do throws(LeaderError) {
            return try await database.lead(as: leader) { transaction throws(StorageError) in
                try await transaction.commitDurably()
                _ = try await transaction.lockAccounts(signed.batch.operations.map(\.account))
                let outcome = try await body(transaction, now)
                if outcome != .signed { transaction.abandon() }
                return outcome
            }
        } catch .storage(.constraintViolated(let name, _))
            where ["charges_one_unresolved", "charges_account_sequence"].contains(name)
        {
            return .operationsChanged
        }
    }
}
