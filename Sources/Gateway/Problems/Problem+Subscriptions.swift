import Billing
import ByteCodecs
import Determinism
import Idempotency
import Identifiers
import Services

extension Problem {
    init(_ error: SubscriptionError) {
        switch error {
        case .refused(let refusal): self.init(refusal)
        case .noPrices: self.init(.pricesUnavailable, "There is no price book in force.")
        case .slotsInUse(let active, let wanted):
            self.init(
                .apiKeysInUse, "More API keys are active than there would be slots for.",
                members: ["active": .integer(active), "slots": .integer(wanted)])
        case .accountFrozen: self.init(.accountFrozen, "The customer's account is frozen.")
        case .accountMissing:
            self.init(.escrowAccountMissing, "This wallet has no escrow account yet.")
        case .keyRefused(let refusal): self.init(refusal)
        case .storageUnavailable: self = .storageUnavailable
        }
    }

    private init(_ refusal: SubscriptionRefusal) {
        switch refusal {
        case .state(let change):
            self.init(
                .serviceStateConflict, "In its present state the service does not take this.",
                members: ["state": .string(change.from.rawValue)])
        case .notConfigured:
            self.init(.serviceNotConfigured, "No configuration was chosen for the service yet.")
        case .upgradeWhileSuspended(let state):
            self.init(
                .serviceSuspended, "While it is suspended the service can only become cheaper.",
                members: ["state": .string(state.rawValue)])
        case .paymentOwed(let owed):
            self.init(
                .paymentOwed, "An invoice whose charge was declined is to be paid first.",
                members: ["owedMicroUsdc": .amount(owed)])
        case .configuration(let refusal): self.init(refusal)
        case .rating(let error): self.init(error)
        case .funds(let refusal): self.init(refusal)
        }
    }

    init(_ refusal: FundsRefusal) {
        switch refusal {
        case .insufficientBalance(let current, let cost, let deposit):
            self.init(
                .insufficientBalance, "What is free in the account does not cover the cost.",
                members: [
                    "currentBalanceMicroUsdc": .amount(current),
                    "estimatedCostMicroUsdc": .amount(cost),
                    "requiredDepositMicroUsdc": .amount(deposit),
                ])
        case .monthlyLimitExceeded(let limit, let charged, let cost, let remaining):
            self.init(
                .monthlyLimitExceeded, "The limit of this period does not cover the cost.",
                members: [
                    "limitMicroUsdc": .amount(limit), "chargedMicroUsdc": .amount(charged),
                    "estimatedCostMicroUsdc": .amount(cost),
                    "remainingMicroUsdc": .amount(remaining),
                ])
        }
    }

    private init(_ refusal: ConfigurationRefusal) {
        switch refusal {
        case .serviceNotSold(let service):
            self.init(
                .configurationRefused, "The service \(service.rawValue) cannot be had yet.",
                members: ["reason": "service_not_sold"])
        case .tierNotSold(let tier):
            self.init(
                .configurationRefused, "The tier \(tier.rawValue) is not sold.",
                members: ["reason": "tier_not_sold", "member": "tier"])
        case .tierByAgreement(let tier):
            self.init(
                .configurationRefused, "The tier \(tier.rawValue) is by agreement.",
                members: ["reason": "tier_by_agreement", "member": "tier"])
        case .burstNotSold(let tier):
            self.init(
                .configurationRefused, "The tier \(tier.rawValue) has no burst.",
                members: ["reason": "burst_not_sold", "member": "options.burst"])
        case .soldUntil(let end, let tier, let isBurst):
            let (day, what) = (
                String(end.rfc3339.prefix(10)), isBurst ? "burst of the tier" : "tier"
            )
            self.init(
                .configurationRefused, "The \(what) \(tier.rawValue) is not sold from \(day) on.",
                members: [
                    "reason": isBurst ? "burst_not_sold" : "tier_not_sold",
                    "member": isBurst ? "options.burst" : "tier", "from": .string(day),
                ])
        case .outOfRange(let kind, let minimum, let maximum):
            self.init(
                .configurationRefused, "\(kind.member) must be from \(minimum) to \(maximum).",
                members: [
                    "reason": "out_of_range", "member": .string("options.\(kind.member)"),
                    "minimum": .integer(minimum), "maximum": .integer(maximum),
                ])
        }
    }

    private init(_ error: RatingError) {
        switch error {
        case .noPriceVersion: self.init(.pricesUnavailable, "No price is in force.")
        case .configuration(let refusal): self.init(refusal)
        case .unknownPriceVersion, .notPriced, .usageFell, .hourTwice, .tooLarge:
            self.init(.internalError, "What it costs could not be computed.")
        }
    }

    init(_ error: APIKeyError) {
        switch error {
        case .unknown: self.init(.apiKeyUnknown, "No API key of yours has this id.")
        case .notConfigured:
            self.init(.serviceNotConfigured, "No configuration was chosen for the service yet.")
        case .slotsTaken(let slots):
            self.init(
                .apiKeySlotsTaken, "As many keys are active as there are slots.",
                members: ["slots": .integer(slots)])
        case .overlapsTaken(let slots):
            self.init(
                .apiKeySlotsTaken, "As many rotated keys still work as there are slots.",
                members: ["slots": .integer(slots)])
        case .rotated(let next):
            self.init(
                .apiKeyRotated, "Another key has taken its place.",
                members: ["apiKeyId": .string(next.description)])
        case .notActive: self.init(.apiKeyNotActive, "Only an active key can be rotated.")
        case .keyRefused(let refusal): self.init(refusal)
        case .sealingFailed:
            self.init(.internalError, "The key cannot be sealed or opened here.")
        case .storageUnavailable: self = .storageUnavailable
        }
    }
}

extension FeeItem.Kind {
    /// As bodies name it.
    fileprivate var member: String {
        switch self {
        case .tier: "tier"
        case .burst: "burst"
        case .sealKeys: "sealKeys"
        case .packagesPerKey: "packagesPerKey"
        case .apiKeys: "apiKeys"
        }
    }
}
