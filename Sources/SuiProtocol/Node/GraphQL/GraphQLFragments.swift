/// Parts of documents that several queries share.
enum GraphQLFragments {
    static let owner = """
        owner { __typename ... on AddressOwner { address { address } } ... on ObjectOwner \
        { address { address } } ... on Shared { initialSharedVersion } \
        ... on ConsensusAddressOwner { startVersion address { address } } }
        """

    static let window = """
        checkpoint(sequenceNumber: $last) { sequenceNumber timestamp epoch { epochId } }
        """

    static let event = "sequenceNumber contents { type { repr } bcs }"

    static let gasSummary =
        "gasSummary { computationCost storageCost storageRebate nonRefundableStorageFee }"

    static let failure = "executionError { message abortCode }"

    /// Objects that a transaction changed: only coins of SUI are looked at further.
    static let changes = """
        pageInfo { hasNextPage endCursor } nodes { address inputState { asMoveObject { contents \
        { type { repr } } } } outputState { version digest \(owner) asMoveObject { contents \
        { type { repr } bcs } } } }
        """

    static let events = "pageInfo { hasNextPage endCursor } nodes { \(event) }"

    static let effects = """
        status \(failure) epoch { epochId } lamportVersion \
        checkpoint { sequenceNumber timestamp } \
        gasEffects { gasObject { address version digest } \(gasSummary) }
        """

    /// With what the gas coin holds.
    static let effectsWithCoin = """
        status \(failure) epoch { epochId } lamportVersion \
        checkpoint { sequenceNumber timestamp } gasEffects { gasObject { address version digest \
        \(owner) asMoveObject { contents { bcs } } } \(gasSummary) }
        """

    static let transaction = """
        digest sender { address } transactionBcs gasInput { gasSponsor { address } }
        """
}
