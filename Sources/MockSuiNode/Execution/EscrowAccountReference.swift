import SuiProtocol

/// An `Account<T>` passed to a call by reference, with the state the call has brought it to.
struct EscrowAccountReference {
    let id: ObjectID
    let coinType: TypeTag
    var state: EscrowAccountState
}
