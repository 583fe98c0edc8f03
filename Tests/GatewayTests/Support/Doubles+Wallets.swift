import Determinism
import Escrow
import Idempotency
import Identifiers
import SuiProtocol
import Synchronization

@testable import Gateway

extension Doubles: WalletService {
    func balance(of customer: CustomerID) async throws(WalletError) -> WalletBalance {
        throw walletError()
    }

    func build(
        _ request: WalletRequest, for owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>?
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction> {
        note("build \(request)")
        throw walletError()
    }

    func submit(
        _ digest: TransactionDigest, bytes: [UInt8]?, signature: String, of owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>?
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction> {
        note("submit \(digest) \(bytes ?? []) \(signature)")
        throw walletError()
    }

    func watch(
        _ digest: TransactionDigest, of owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>?
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction> {
        note("watch \(digest)")
        throw walletError()
    }

    func transaction(
        _ digest: TransactionDigest, of owner: WalletOwner
    ) async throws(WalletError) -> (WalletTransaction?, [WalletMovement]) {
        note("transaction \(digest)")
        throw walletError()
    }

    func movements(
        of owner: WalletOwner, before: (at: Timestamp, place: [UInt8])?, limit: Int
    ) async throws(WalletError) -> [WalletMovement] {
        note("movements \(before?.at.milliseconds ?? -1) \(limit)")
        return []
    }

    private func walletError() -> WalletError {
        state.withLock { $0.walletError }
    }
}
