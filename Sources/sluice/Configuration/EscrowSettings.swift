import SuiProtocol

/// The escrow contract on chain, and whose operator we are. Nobody's where none is configured:
/// then what needs it says so.
struct EscrowSettings: Sendable {
    let contract: EscrowContract
    let `operator`: ObjectID

    init(contract: EscrowContract, operator: ObjectID) {
        self.contract = contract
        self.operator = `operator`
    }

    /// All of the variables or none, but for the coin, which is known for the great networks.
    ///
    /// - Parameter chain: as configured; nil where that was refused.
    /// - Returns: nil when nothing is configured, or something was refused.
    init?(_ reader: inout ConfigurationReader, chain: SuiChain?) {
        let before = reader.problems.count
        let package = Self.address(.escrowPackage, &reader)
        let operatorID = Self.address(.escrowOperator, &reader)
        let coin = Self.coin(&reader, chain: chain)
        guard reader.problems.count == before else { return nil }
        switch (package, operatorID, coin) {
        case (nil, nil, .given): reader.refuse(.escrowPackage, "is not set, and the coin is")
        case (nil, nil, _): break
        case (nil, _, _): reader.refuse(.escrowPackage, "is not set, and the operator is")
        case (_, nil, _): reader.refuse(.escrowOperator, "is not set, and the package is")
        case (_, _, .absent):
            reader.refuse(.escrowCoin, "is not set, and this network has no USDC that we know")
        case (let package?, let operatorID?, .known(let type)),
            (let package?, let operatorID?, .given(let type)):
            contract = EscrowContract(package: package, coin: type)
            self.operator = operatorID
            return
        }
        return nil
    }

    private enum Coin {
        case absent
        /// What holds where nothing is set.
        case known(TypeTag)
        case given(TypeTag)
    }

    private static func address(
        _ variable: ConfigurationVariable, _ reader: inout ConfigurationReader
    ) -> SuiAddress? {
        guard let text = reader.text(variable) else { return nil }
        guard let address = try? SuiAddress(parsing: text) else {
            reader.refuse(variable, "'\(text)' is not 0x and 1 to 64 hex digits")
            return nil
        }
        return address
    }

    private static func coin(
        _ reader: inout ConfigurationReader, chain: SuiChain?
    ) -> Coin {
        let known = chain.flatMap(KnownCoin.usdc(on:))?.type
        guard let text = reader.text(.escrowCoin, derived: known?.description) else {
            return .absent
        }
        if let known, text == known.description { return .known(known) }
        guard let type = try? TypeTag(parsing: text), case .structure = type else {
            reader.refuse(.escrowCoin, "'\(text)' is not a type such as 0x2::sui::SUI")
            return .absent
        }
        return .given(type)
    }
}

extension KnownCoin {
    /// Native USDC; nil on networks that have none.
    fileprivate static func usdc(on chain: SuiChain) -> KnownCoin? {
        switch chain {
        case .mainnet: .mainnetUSDC
        case .testnet: .testnetUSDC
        case .devnet, .localnet: nil
        }
    }
}
