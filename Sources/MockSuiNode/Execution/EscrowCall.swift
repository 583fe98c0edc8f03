import SuiProtocol

/// One call into the escrow package, with its arguments at hand.
struct EscrowCall {
    typealias Failure = ExecutionFailure.Kind

    let call: MoveCall
    /// Where the types are from; other than the package called where a wrapper was.
    let package: ObjectID

    var arguments: [TransactionArgument] { call.arguments }
    var function: String { call.function.description }

    func type(_ name: MoveIdentifier, _ coin: TypeTag? = nil) -> StructTag {
        StructTag(package, "account", name, coin.map { [$0] } ?? [])
    }

    func abort(_ code: EscrowAbort) -> Failure {
        .moveAbort(
            package: package, module: "account", function: function, code: code.rawValue)
    }

    func require(_ condition: Bool, else code: EscrowAbort) throws(Failure) {
        guard condition else { throw abort(code) }
    }

    func check(arguments count: Int, types: Int) throws(Failure) {
        guard call.typeArguments.count == types else { throw .typeArgument(0) }
        guard arguments.count == count else { throw .arityMismatch }
    }

    /// The coin type, of a function that has one.
    func coinType(arguments count: Int) throws(Failure) -> TypeTag {
        try check(arguments: count, types: 1)
        return call.typeArguments[0]
    }
}
