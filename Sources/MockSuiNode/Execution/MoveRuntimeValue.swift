import SuiProtocol

/// What an input or a result of a command holds while a transaction runs.
enum MoveRuntimeValue {
    /// BCS of a value without identity. Any use leaves it where it is.
    case pure([UInt8])
    case object(ObjectID)
    /// An object sent to another object's address.
    case receiving(ObjectID)
    /// Reserved from an address balance.
    case withdrawal(BalanceKey, UInt64)
    /// A `Balance<T>`.
    case balance(TypeTag, UInt64)
    /// What `charge` yields. `package` is the one whose type it is.
    case proceeds(package: ObjectID, TypeTag, operator: ObjectID, UInt64)
    case vector([MoveRuntimeValue])
    /// Used up.
    case taken

    /// Whether it may be left over at the end.
    var isDroppable: Bool {
        switch self {
        case .pure, .receiving, .taken, .withdrawal: true
        case .vector(let elements): elements.allSatisfy(\.isDroppable)
        case .object, .balance, .proceeds: false
        }
    }
}
