import ByteCodecs
import Escrow
import Identifiers

extension Problem {
    init(_ error: WalletError) {
        switch error {
        case .notConfigured:
            self.init(.escrowNotConfigured, "No escrow contract is configured here.")
        case .nodeUnavailable: self.init(.nodeUnavailable, "No Sui node answered.")
        case .accountMissing:
            self.init(.escrowAccountMissing, "This wallet has no escrow account yet.")
        case .accountExists(let id?):
            self.init(
                .escrowAccountExists, "This wallet has an escrow account.",
                members: ["accountId": .string(id.description)])
        case .accountExists(nil):
            self.init(.escrowAccountExists, "The opening of an escrow account is under way.")
        case .gasInsufficient(let available, let required):
            self.init(
                .gasInsufficient, "The wallet's SUI does not cover the gas.",
                members: [
                    "availableMist": .string(String(available)),
                    "requiredMist": .string(String(required)),
                ])
        case .fundsInsufficient(let available, let required):
            self.init(
                .fundsInsufficient, "The wallet's USDC does not cover the amount.",
                members: [
                    "availableMicroUsdc": .string(String(available)),
                    "requiredMicroUsdc": .amount(required),
                ])
        case .fundsScattered(let atOnce, let available, let required, let coins):
            self.init(
                .fundsScattered, "The wallet's USDC lies in more coins than one transaction takes.",
                members: [
                    "atOnceMicroUsdc": .string(String(atOnce)),
                    "availableMicroUsdc": .string(String(available)),
                    "requiredMicroUsdc": .amount(required), "coinLimit": .integer(Int64(coins)),
                ])
        case .withdrawalExceedsBalance(let balance):
            self.init(
                .withdrawalExceedsBalance, "There is less than that in the account.",
                members: ["balanceMicroUsdc": .amount(balance)])
        case .fails(let reason):
            self.init(
                .transactionFails, "The transaction would fail: \(reason).",
                members: ["reason": .string(reason)])
        case .transactionUnknown, .altered, .expired, .signatureMalformed, .signatureInvalid,
            .verifierUnavailable, .tooManyWatched, .keyRefused, .storage:
            self.init(submission: error)
        }
    }

    private init(submission error: WalletError) {
        switch error {
        case .transactionUnknown:
            self.init(.transactionUnknown, "No transaction of yours has this digest.")
        case .altered:
            self.init(.transactionAltered, "txBytes are not the bytes that were handed out.")
        case .expired: self.init(.transactionExpired, "Its last epoch is over.")
        case .signatureMalformed(let reason):
            self.init(
                .signatureMalformed, "The signature cannot be read: \(reason).",
                members: ["reason": .string(reason)])
        case .signatureInvalid(let reason):
            self.init(
                .signatureInvalid, "The signature does not hold: \(reason).",
                members: ["reason": .string(reason)])
        case .verifierUnavailable:
            self.init(.verifierUnavailable, "No Sui node judged this signature.")
        case .tooManyWatched(let limit):
            self.init(
                .rateLimited, "\(limit) transactions are looked for already.",
                members: ["limit": .integer(Int64(limit))])
            retryAfterSeconds = Self.watchRetrySeconds
        case .keyRefused(let refusal): self.init(refusal)
        case .storage: self = .storageUnavailable
        case .notConfigured, .nodeUnavailable, .accountMissing, .accountExists, .gasInsufficient,
            .fundsInsufficient, .fundsScattered, .withdrawalExceedsBalance, .fails:
            self.init(.internalError, "The gateway met a condition it has no answer for.")
        }
    }

    /// Long enough for some of them to be found in a checkpoint.
    private static let watchRetrySeconds: Int64 = 60
}
