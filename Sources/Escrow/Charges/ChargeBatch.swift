public import Identifiers
public import SuiProtocol

/// Operations that share one transaction, through all the times it was built. Pure.
///
/// All builds spend the same version of one gas coin, so at most one of them can run. Only once
/// that is known to be over may what is left spend another.
public struct ChargeBatch: Hashable, Sendable {
    /// Source: `Docs/Sources.md#escrow-contract`.
    public static let operationLimit = 256

    public enum Purpose: String, Sendable, CaseIterable {
        case charge, refund, cancel
    }

    /// What is fixed for an operation from its first signature.
    public struct Operation: Hashable, Sendable {
        public let charge: ChargeID
        public let account: AccountID
        public let sequence: Int64
        public let amount: MicroUSDC
        public let reference: ChargeReference

        public init(
            charge: ChargeID, account: AccountID, sequence: Int64, amount: MicroUSDC,
            reference: ChargeReference
        ) {
            self.charge = charge
            self.account = account
            self.sequence = sequence
            self.amount = amount
            self.reference = reference
        }
    }

    public let purpose: Purpose
    public let operations: [Operation]
    public let gas: ObjectReference
    /// The last epoch in which any of its builds can run.
    public private(set) var lastEpoch: Int64

    /// - Throws: ``ChargeBatchError``: cancellations and refunds abort when stale, so each stands
    ///   alone; charges do not, so that many accounts share a transaction.
    public init(
        _ purpose: Purpose, _ operations: [Operation], gas: ObjectReference, lastEpoch: Int64
    ) throws(ChargeBatchError) {
        guard !operations.isEmpty else { throw .empty }
        let limit = purpose == .charge ? Self.operationLimit : 1
        guard operations.count <= limit else { throw .tooMany(limit: limit) }
        var accounts: Set<AccountID> = []
        for operation in operations where !accounts.insert(operation.account).inserted {
            throw .accountTwice(operation.account)
        }
        self.purpose = purpose
        self.operations = operations
        self.gas = gas
        self.lastEpoch = lastEpoch
    }

    /// Of all amounts, in micro-USDC; 2⁶³ − 1 where there is more.
    var sum: Int64 {
        Int64(clamping: operations.reduce(Int128(0)) { $0 + Int128($1.amount.units) })
    }

    /// How it stands, as far as the follower has booked.
    public func fate(as booked: BookedGas) -> Fate {
        if booked.version > gas.version { return .dead }
        return booked.epoch > lastEpoch ? .dead : .live
    }

    /// What is built next of the operations that have no outcome yet.
    ///
    /// - Parameters:
    ///   - ended: operations with an outcome.
    ///   - suspects: operations that the failure named, when the batch is dead.
    public func rebuild(
        without ended: Set<ChargeID>, suspects: Set<ChargeID> = [], as booked: BookedGas
    ) -> Rebuild {
        let left = operations.filter { !ended.contains($0.charge) }
        guard !left.isEmpty else { return .nothing }
        guard fate(as: booked) == .dead else { return .sameGas(left) }
        let named = left.filter { suspects.contains($0.charge) }
        let others = left.filter { !suspects.contains($0.charge) }
        let parts: [[Operation]] =
            if !named.isEmpty { [others] } else { Self.halves(of: others) }
        return .otherGas(named.map { [$0] } + parts.filter { !$0.isEmpty })
    }

    /// The same batch after it was built anew with a later expiration.
    public func extended(through epoch: Int64) -> ChargeBatch {
        var batch = self
        batch.lastEpoch = max(lastEpoch, epoch)
        return batch
    }

    private static func halves(of operations: [Operation]) -> [[Operation]] {
        guard operations.count > 1 else { return [operations] }
        let middle = operations.count / 2
        return [Array(operations[..<middle]), Array(operations[middle...])]
    }
}

extension ChargeBatch {
    /// What the follower has booked of a gas coin, and the epoch it has reached.
    public struct BookedGas: Hashable, Sendable {
        public var version: UInt64
        public var epoch: Int64

        public init(version: UInt64, epoch: Int64) {
            self.version = version
            self.epoch = epoch
        }
    }

    public enum Fate: Hashable, Sendable {
        /// One of its builds may still run.
        case live
        /// Its gas version was consumed, or its last epoch passed without that.
        case dead
    }

    public enum Rebuild: Hashable, Sendable {
        case nothing
        /// All that is left, with the same sequences and the same version of the same gas coin.
        case sameGas([Operation])
        /// Each part on a gas coin of its own: what was named alone, the rest halved unless
        /// something was named.
        case otherGas([[Operation]])
    }
}

/// Why operations cannot share a transaction.
public enum ChargeBatchError: Error, Hashable, Sendable {
    case empty
    case tooMany(limit: Int)
    case accountTwice(AccountID)
}
