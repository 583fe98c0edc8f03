import ByteCodecs
import SuiProtocol

/// BCS of `ExecutionStatus` and of what is in it. Source: `Docs/Sources.md#effects`.
extension ExecutionFailure {
    /// 1: the failure, and the command if there is one.
    func write(to writer: inout BCSWriter) {
        writer.uleb128(1)
        kind.write(to: &writer)
        writer.option(command) { $0.u64(UInt64($1)) }
    }
}

extension ExecutionFailure.Kind {
    private var index: UInt32 {
        switch self {
        case .insufficientGas: 0
        case .publishingUnsupported: 3
        case .insufficientCoinBalance: 7
        case .coinBalanceOverflow: 8
        case .arithmetic: 11
        case .moveAbort: 12
        case .functionNotFound: 15
        case .arityMismatch: 16
        case .argument: 19
        case .typeArgument: 20
        case .unusedValue: 21
        case .invalidTransferObject: 23
        case .sharedObjectOperationNotAllowed: 31
        case .congested: 33
        case .addressDenied: 34
        case .coinPaused: 35
        case .insufficientFundsForWithdraw: 40
        }
    }

    func write(to writer: inout BCSWriter) {
        writer.uleb128(index)
        switch self {
        case .moveAbort(let package, let module, let function, let code):
            Self.write(package, module, function, to: &writer)
            writer.u64(code)
        case .arithmetic(let package, let module, let function):
            writer.bool(true)
            Self.write(package, module, function, to: &writer)
        case .typeArgument(let place):
            writer.u16(UInt16(clamping: place))
            writer.uleb128(0)
        case .argument(let place, let fault):
            writer.u16(UInt16(clamping: place))
            fault.write(to: &writer, argument: UInt16(clamping: place))
        case .unusedValue(let command, let place):
            writer.u16(UInt16(clamping: command))
            writer.u16(UInt16(clamping: place))
        case .congested(let objects): writer.values(objects)
        case .addressDenied(let address, let type):
            writer.value(address)
            writer.string("\(type)")
        case .coinPaused(let type): writer.string("\(type)")
        default: break
        }
    }

    /// `MoveLocation`. Function and instruction have no number where there is no bytecode.
    private static func write(
        _ package: SuiAddress, _ module: String, _ function: String, to writer: inout BCSWriter
    ) {
        writer.value(package)
        writer.string(module)
        writer.u16(0)
        writer.u16(0)
        writer.option(function) { $0.string($1) }
    }
}

extension ExecutionFailure.ArgumentFault {
    /// - Parameter argument: the number that some of the kinds repeat.
    fileprivate func write(to writer: inout BCSWriter, argument: UInt16) {
        switch self {
        case .typeMismatch: writer.uleb128(0)
        case .invalidBCSBytes: writer.uleb128(1)
        case .indexOutOfBounds:
            writer.uleb128(4)
            writer.u16(argument)
        case .secondaryIndexOutOfBounds:
            writer.uleb128(5)
            writer.u16(argument)
            writer.u16(0)
        case .invalidResultArity:
            writer.uleb128(6)
            writer.u16(argument)
        case .invalidGasCoinUsage: writer.uleb128(7)
        case .invalidValueUsage: writer.uleb128(8)
        case .invalidObjectByValue: writer.uleb128(9)
        case .invalidObjectByMutRef: writer.uleb128(10)
        }
    }
}
