/// The values that a call yields, for later commands of the same transaction.
public struct CommandResults: Hashable, Sendable {
    let command: UInt16

    /// The value of a call that yields exactly one.
    public var value: TransactionArgument { .result(command) }

    /// One of several.
    public subscript(place: UInt16) -> TransactionArgument { .nestedResult(command, place) }
}
