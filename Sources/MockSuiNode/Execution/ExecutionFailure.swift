public import SuiProtocol

/// Why a transaction ran and failed: everything but the gas was rolled back.
public struct ExecutionFailure: Error, Sendable, Equatable {
    public enum Kind: Error, Sendable, Equatable {
        case insufficientGas
        case insufficientCoinBalance
        case coinBalanceOverflow
        case insufficientFundsForWithdraw
        case moveAbort(package: SuiAddress, module: String, function: String, code: UInt64)
        case arithmetic(package: SuiAddress, module: String, function: String)
        case functionNotFound
        case arityMismatch
        case typeArgument(Int)
        case argument(Int, ArgumentFault)
        /// A value that can be neither dropped nor kept was left: command, place.
        case unusedValue(Int, Int)
        case invalidTransferObject
        case sharedObjectOperationNotAllowed
        case congested([ObjectID])
        case addressDenied(SuiAddress, TypeTag)
        case coinPaused(TypeTag)
        /// The mock runs no bytecode, so nothing can be published.
        case publishingUnsupported
    }

    /// What is wrong with a command's argument; names as on the network.
    public enum ArgumentFault: String, Sendable {
        case typeMismatch = "TypeMismatch"
        case invalidBCSBytes = "InvalidBCSBytes"
        case indexOutOfBounds = "IndexOutOfBounds"
        case secondaryIndexOutOfBounds = "SecondaryIndexOutOfBounds"
        case invalidResultArity = "InvalidResultArity"
        case invalidGasCoinUsage = "InvalidGasCoinUsage"
        case invalidValueUsage = "InvalidValueUsage"
        case invalidObjectByValue = "InvalidObjectByValue"
        case invalidObjectByMutRef = "InvalidObjectByMutRef"
    }

    public let kind: Kind
    /// The command at fault; nil when it is the whole transaction.
    public let command: Int?

    /// In the words of JSON-RPC's `effects.status.error`.
    public var text: String {
        kind.text + (command.map { " in command \($0)" } ?? "")
    }
}

extension ExecutionFailure.Kind {
    /// As in nodes' answers; `Docs/Sources.md#execution-failures`.
    var text: String {
        switch self {
        case .insufficientGas: "InsufficientGas"
        case .insufficientCoinBalance: "InsufficientCoinBalance"
        case .coinBalanceOverflow: "CoinBalanceOverflow"
        case .insufficientFundsForWithdraw: "InsufficientFundsForWithdraw"
        case .moveAbort(let package, let module, let function, let code):
            "MoveAbort(MoveLocation { module: ModuleId { address: "
                + package.description.dropFirst(2)
                + ", name: Identifier(\"\(module)\") }, function: 0, instruction: 0, "
                + "function_name: Some(\"\(function)\") }, \(code))"
        case .arithmetic(_, let module, let function):
            "MovePrimitiveRuntimeError(\(module)::\(function): ARITHMETIC_ERROR)"
        case .functionNotFound: "FunctionNotFound"
        case .arityMismatch: "ArityMismatch"
        case .typeArgument(let index):
            "TypeArgumentError { argument_idx: \(index), kind: TypeNotFound }"
        case .argument(let index, let fault):
            "CommandArgumentError { arg_idx: \(index), kind: \(fault.rawValue) }"
        case .unusedValue(let command, let place):
            "UnusedValueWithoutDrop { result_idx: \(command), secondary_idx: \(place) }"
        case .invalidTransferObject: "InvalidTransferObject"
        case .sharedObjectOperationNotAllowed: "SharedObjectOperationNotAllowed"
        case .congested(let objects):
            "ExecutionCancelledDueToSharedObjectCongestion { congested_objects: "
                + "CongestedObjects([\(objects.map(\.description).joined(separator: ", "))]) }"
        case .addressDenied(let address, let type):
            "AddressDeniedForCoin { address: \(address), coin_type: \"\(type)\" }"
        case .coinPaused(let type): "CoinTypeGlobalPause { coin_type: \"\(type)\" }"
        case .publishingUnsupported: "FeatureNotYetSupported"
        }
    }
}
