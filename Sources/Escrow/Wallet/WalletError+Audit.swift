import ByteCodecs

extension WalletError {
    /// The stable word for a refusal that is the caller's; nil where nothing was refused to them.
    var auditReason: String? {
        switch self {
        case .accountMissing: "escrow_account_missing"
        case .accountExists: "escrow_account_exists"
        case .gasInsufficient: "gas_insufficient"
        case .fundsInsufficient: "funds_insufficient"
        case .fundsScattered: "funds_scattered"
        case .withdrawalExceedsBalance: "withdrawal_exceeds_balance"
        case .fails: "transaction_fails"
        case .transactionUnknown: "transaction_unknown"
        case .altered: "transaction_altered"
        case .expired: "transaction_expired"
        case .signatureMalformed: "signature_malformed"
        case .signatureInvalid: "signature_invalid"
        case .tooManyWatched: "rate_limited"
        case .notConfigured, .nodeUnavailable, .verifierUnavailable, .keyRefused, .storage: nil
        }
    }

    var auditDetails: JSONObject {
        switch self {
        case .signatureMalformed(let why), .signatureInvalid(let why), .fails(let why):
            ["why": .string(why)]
        default: [:]
        }
    }
}
