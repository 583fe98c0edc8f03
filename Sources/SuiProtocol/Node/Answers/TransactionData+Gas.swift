extension TransactionData {
    /// Whether its bytes show that the gas coin is the only coin of SUI that it can change: it pays
    /// with one coin, calls functions of one module with shared objects and plain values, and names
    /// neither the gas coin nor SUI.
    func changesNoCoinButGas(calling module: EventModule) -> Bool {
        gas.payment.count == 1 && program.inputs.allSatisfy(\.isSharedOrPlain)
            && program.commands.allSatisfy { command in
                guard case .moveCall(let call) = command else { return false }
                return call.package == module.package && call.module == module.module
                    && !call.arguments.contains(.gasCoin)
                    && !call.typeArguments.contains(KnownCoin.sui.type)
            }
    }
}

extension TransactionInput {
    fileprivate var isSharedOrPlain: Bool {
        switch self {
        case .pure, .object(.shared): true
        case .object(.owned), .object(.receiving), .funds: false
        }
    }
}
