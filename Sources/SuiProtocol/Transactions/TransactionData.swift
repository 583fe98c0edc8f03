public import ByteCodecs

/// What a user signs and a node runs: a programmable transaction with sender, gas and expiration.
///
/// Layout: `Docs/Sources.md#transactions`. Transactions of the system, which nobody signs, are
/// refused by name.
public struct TransactionData: Hashable, Sendable {
    /// Sui's limit for the BCS of a transaction: 128 KiB.
    public static let byteLimit = 131_072

    public var program: ProgrammableTransaction
    /// Whose transaction it is. Not to be told from a signature: addresses have aliases.
    public var sender: SuiAddress
    public var gas: GasData
    public var expiration: TransactionExpiration

    public init(
        _ program: ProgrammableTransaction, sender: SuiAddress, gas: GasData,
        expiration: TransactionExpiration
    ) {
        self.program = program
        self.sender = sender
        self.gas = gas
        self.expiration = expiration
    }

    /// Reads a transaction that takes up all of `bytes`, at most ``byteLimit``.
    public init(bcs bytes: [UInt8]) throws(SuiDecodingError) {
        guard bytes.count <= Self.byteLimit else {
            throw .tooLarge(limit: Self.byteLimit, actual: bytes.count)
        }
        var reader = SuiReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    /// Known before anyone has signed.
    public var digest: TransactionDigest { TransactionDigest(hashing: bcs) }

    /// What every signature scheme signs: another hash than the digest.
    public var signingDigest: [UInt8] { Intent.transaction(bcs).signingDigest }

    /// Kinds by BCS index. All but the first are the system's.
    private static let kinds = [
        "ProgrammableTransaction", "ChangeEpoch", "Genesis", "ConsensusCommitPrologue",
        "AuthenticatorStateUpdate", "EndOfEpochTransaction", "RandomnessStateUpdate",
        "ConsensusCommitPrologueV2", "ConsensusCommitPrologueV3", "ConsensusCommitPrologueV4",
        "ProgrammableSystemTransaction",
    ]
}

extension TransactionData: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        let version = try reader.variant()
        guard version == 0 else { throw .unknownVariant(of: "TransactionData", index: version) }
        let kind = try reader.variant()
        guard kind < Self.kinds.count else {
            throw .unknownVariant(of: "TransactionKind", index: kind)
        }
        guard kind == 0 else { throw .systemTransaction(Self.kinds[kind]) }
        self.init(
            try reader.value(), sender: try reader.value(), gas: try reader.value(),
            expiration: try reader.value())
    }

    public func write(to writer: inout BCSWriter) {
        writer.byte(0)
        writer.byte(0)
        writer.value(program)
        writer.value(sender)
        writer.value(gas)
        writer.value(expiration)
    }
}
