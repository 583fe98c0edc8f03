/// Every document that is ever sent, by name: each is held to the published schema by a test.
public enum GraphQLDocuments {
    public static let all: [(name: String, text: String)] = [
        ("address_transactions", AddressTransactionsQuery.document),
        ("balance", BalanceQuery.document), ("chain", ChainQuery.document),
        ("coins", CoinsQuery.document), ("events", EventsQuery.document),
        ("execute", ExecuteMutation.document), ("more_changes", MoreChangesQuery.document),
        ("more_events", MoreEventsQuery.document), ("objects", ObjectsQuery.document),
        ("simulate", SimulateQuery.document), ("status", StatusQuery.document),
        ("transactions", TransactionsQuery.document),
        ("verify_signature", VerifySignatureQuery.document),
    ]
}
