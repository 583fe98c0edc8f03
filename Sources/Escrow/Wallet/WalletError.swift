public import Idempotency
public import Identifiers
public import Storage

/// Why nothing was built or sent for a wallet. Cases carry facts; the gateway owns wording and
/// status.
public enum WalletError: Error, Equatable, Sendable {
    /// No escrow contract is configured.
    case notConfigured
    case nodeUnavailable
    case accountMissing
    /// Nil while its opening is under way.
    case accountExists(AccountID?)
    /// In MIST.
    case gasInsufficient(available: UInt64, required: UInt64)
    /// What the wallet holds of the coin.
    case fundsInsufficient(available: UInt64, required: MicroUSDC)
    /// The wallet holds enough, in more coins than one transaction takes, of which it can bring so
    /// much along at once.
    case fundsScattered(atOnce: UInt64, available: UInt64, required: MicroUSDC, coins: Int)
    case withdrawalExceedsBalance(MicroUSDC)
    /// A trial failed; in words for people.
    case fails(reason: String)
    case transactionUnknown
    case altered
    case expired
    case signatureMalformed(reason: String)
    case signatureInvalid(reason: String)
    /// Only a node can judge the signature, and none does.
    case verifierUnavailable
    case tooManyWatched(limit: Int)
    case keyRefused(KeyRefusal)
    case storage(StorageError)
}
