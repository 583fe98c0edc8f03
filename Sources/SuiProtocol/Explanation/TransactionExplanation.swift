/// What a transaction does, in sentences: what its signer is asked to agree to.
public struct TransactionExplanation: Sendable {
    /// One for each command, in order.
    public let commands: [String]
    /// Sender, gas and expiration.
    public let frame: [String]
    /// What the sentences take for granted.
    public let warnings: [String]

    /// - Parameters:
    ///   - escrowPackage: the package whose calls are known to be the escrow contract's. Nil: any
    ///     call of the contract's shape is explained, and a warning says so.
    ///   - coins: whose amounts are told in whole units.
    public init(
        _ data: TransactionData, escrowPackage: SuiAddress? = nil,
        coins: [KnownCoin] = [.sui, .mainnetUSDC, .testnetUSDC]
    ) {
        let wording = Wording(coins: coins)
        var trace = CoinTrace(inputs: data.program.inputs)
        var assumed: [SuiAddress] = []
        var commands: [String] = []
        for command in data.program.commands {
            let words = CommandWords(
                command: command, sender: data.sender, trace: trace, wording: wording,
                escrowPackage: escrowPackage)
            commands.append(words.sentence)
            if escrowPackage == nil, let package = words.assumedPackage,
                !assumed.contains(package)
            {
                assumed.append(package)
            }
            trace.pass(command, yielding: words.yielded)
        }
        self.commands = commands
        warnings = assumed.map {
            "It is assumed, and not checked, that package \($0) is the escrow contract."
        }
        frame = Self.frame(of: data, wording)
    }

    private static func frame(of data: TransactionData, _ wording: Wording) -> [String] {
        let budget = wording.amount(data.gas.budget, of: KnownCoin.sui.type)
        let source = data.gas.payment.isEmpty ? "its address balance" : "its gas coins"
        let payer = data.gas.owner == data.sender ? "The sender" : "Sponsor \(data.gas.owner)"
        return [
            "Runs as \(data.sender).",
            "\(payer) pays at most \(budget) for gas, from \(source).",
            expiry(data.expiration),
        ]
    }

    private static func expiry(_ expiration: TransactionExpiration) -> String {
        switch expiration {
        case .none: return "Never expires."
        case .epoch(let last): return "Expires at the end of epoch \(last)."
        case .validDuring(let window), .validity(let window, _):
            let first = window.minimumEpoch.map { "epoch \($0)" } ?? "now"
            let last = window.maximumEpoch.map { "epoch \($0)" } ?? "for ever"
            return "Valid from \(first) to \(last), on the network whose first checkpoint is "
                + "\(window.chain)."
        }
    }
}
