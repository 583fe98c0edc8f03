/// One command in a sentence.
struct CommandWords {
    let command: TransactionCommand
    let sender: SuiAddress
    let trace: CoinTrace
    let wording: Wording
    let escrowPackage: SuiAddress?

    var sentence: String {
        switch command {
        case .moveCall(let call): escrow?.sentence ?? coinSentence(call) ?? generic(call)
        case .transferObjects(let objects, let recipient):
            "Sends \(list(objects)) to \(self.recipient(recipient))."
        case .splitCoins(let coin, let amounts):
            "Splits \(amounts.map { splitAmount($0, of: coin) }.joined(separator: ", ")) off "
                + "\(value(coin))."
        case .mergeCoins(let target, let coins):
            "Merges \(list(coins)) into \(value(target))."
        case .publish(let modules, _): "Publishes a package of \(modules.count) modules."
        case .makeMoveVector(let type, let elements):
            "Makes a vector of \(elements.count) values"
                + (type.map { " of type \($0)." } ?? ".")
        case .upgrade(let modules, _, let package, _):
            "Upgrades package \(package) to \(modules.count) new modules."
        }
    }

    /// The package that is taken for the escrow contract without being known as it.
    var assumedPackage: SuiAddress? {
        escrow?.sentence == nil ? nil : escrow?.call.package
    }

    /// The coin that the command yields, where it is known.
    var yielded: TracedCoin? {
        guard case .moveCall(let call) = command else { return nil }
        if let coin = escrow?.yielded { return coin }
        switch coinFunction(call) {
        case "zero"? where call.arguments.isEmpty:
            return TracedCoin(amount: 0, type: call.typeArguments[0])
        case "redeem_funds"? where call.arguments.count == 1:
            return TracedCoin(
                amount: trace.coin(call.arguments[0]).amount, type: call.typeArguments[0])
        default: return nil
        }
    }

    private var escrow: EscrowWords? {
        guard case .moveCall(let call) = command,
            escrowPackage == nil || escrowPackage == call.package
        else { return nil }
        return EscrowWords(call: call, trace: trace, wording: wording)
    }

    private func coinFunction(_ call: MoveCall) -> MoveIdentifier? {
        call.package == .framework && call.module == "coin" && call.typeArguments.count == 1
            ? call.function : nil
    }

    private func coinSentence(_ call: MoveCall) -> String? {
        guard let coin = yielded, let function = coinFunction(call) else { return nil }
        guard function == "redeem_funds" else {
            return "Makes an empty coin of \(call.typeArguments[0])."
        }
        guard let amount = coin.amount,
            case .funds(let funds)? = trace.input(call.arguments[0])
        else { return nil }
        let owner =
            switch funds.source {
            case .sender: "the sender's address balance"
            case .sponsor: "the sponsor's address balance"
            case .allowance(let funder, _): "the allowance given by \(funder)"
            }
        return "Takes \(wording.amount(amount, of: coin.type)) out of \(owner)."
    }

    private func generic(_ call: MoveCall) -> String {
        let types = call.typeArguments.map(\.description).joined(separator: ", ")
        return "Calls \(call.name)" + (types.isEmpty ? "" : "<\(types)>") + " with "
            + (call.arguments.isEmpty ? "nothing" : list(call.arguments)) + "."
    }

    private func splitAmount(
        _ amount: TransactionArgument, of coin: TransactionArgument
    ) -> String {
        guard let units = trace.u64(amount) else { return value(amount) }
        return wording.amount(units, of: trace.coin(coin).type)
    }

    private func recipient(_ argument: TransactionArgument) -> String {
        let address = trace.pure(argument).flatMap { try? SuiAddress(bytes: $0) }
        guard let address else { return value(argument) }
        return address == sender ? "the sender, \(address)" : address.description
    }

    private func list(_ arguments: [TransactionArgument]) -> String {
        arguments.map { argument in
            let coin = trace.coin(argument)
            guard let amount = coin.amount else { return value(argument) }
            return "\(wording.amount(amount, of: coin.type)) (\(value(argument)))"
        }.joined(separator: ", ")
    }

    private func value(_ argument: TransactionArgument) -> String {
        wording.value(argument, in: trace)
    }
}
