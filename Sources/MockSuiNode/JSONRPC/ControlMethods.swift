import ByteCodecs
import SuiProtocol

/// What only a simulated node has: methods that make things happen. Named parameters; unknown
/// ones are refused.
enum ControlMethods {
    static func call(
        _ method: String, _ parameters: JSONValue, _ core: inout NodeCore
    ) throws(JSONRPCError) -> JSONValue {
        let given = parameters == [] || parameters.isNull ? [:] : parameters
        switch method {
        case "mock_mint": return try mint(given, &core)
        case "mock_advanceClock": return try advanceClock(given, &core)
        case "mock_setFaults": return try setFaults(given, &core)
        case "mock_setDenied": return try setDenied(given, &core)
        default: break
        }
        try read(given) { _ in }
        switch method {
        case "mock_info": return info(core.ledger)
        case "mock_dump": return LedgerDump.json(core.ledger)
        case "mock_advanceEpoch":
            try apply(.epoch(at: core.now), &core)
            return ["epoch": core.ledger.epoch.number]
        default: throw .noMethod
        }
    }

    /// Reads the named parameters, and refuses those nobody asked for.
    private static func read<Value>(
        _ parameters: JSONValue,
        _ body: (inout JSONObjectReader) throws(JSONFieldError) -> Value
    ) throws(JSONRPCError) -> Value {
        do throws(JSONFieldError) {
            var reader = try JSONObjectReader(parameters)
            let value = try body(&reader)
            try reader.finish()
            return value
        } catch {
            throw .parameters("\(error)")
        }
    }

    @discardableResult
    private static func apply(
        _ input: LedgerInput, _ core: inout NodeCore
    ) throws(JSONRPCError) -> LedgerTransaction? {
        do throws(JournalError) { return try core.apply(input) } catch { throw .unwell }
    }

    /// Keys that follow from the seed are told, as anybody can compute them.
    private static func info(_ ledger: Ledger) -> JSONValue {
        let genesis = ledger.genesis
        var info: JSONObject = [
            "chain": "\(ledger.chain.genesis)", "escrowPackage": "\(genesis.escrowPackage)",
            "usdcType": "\(genesis.usdcType)", "operatorId": "\(genesis.operatorID)",
            "charger": "\(genesis.charger)", "treasury": "\(genesis.treasury)",
        ]
        for (name, address) in [("charger", genesis.charger), ("treasury", genesis.treasury)] {
            guard let key = genesis.developmentKeyText(name, for: address) else { continue }
            info["\(name)Key"] = .string(key)
        }
        return .object(info)
    }

    /// `{address, coinType, amount}`; `into` may be `coin` (so it is without it) or `balance`.
    private static func mint(
        _ parameters: JSONValue, _ core: inout NodeCore
    ) throws(JSONRPCError) -> JSONValue {
        let (address, type, amount, kind) = try read(parameters) {
            reader throws(JSONFieldError) in
            (
                try reader.string("address"), try reader.string("coinType"),
                reader.value("amount")?.unsigned, try reader.optionalString("into") ?? "coin"
            )
        }
        guard let address = try? SuiAddress(parsing: address) else { throw .parameters("address") }
        guard let type = try? TypeTag(parsing: type) else { throw .parameters("coinType") }
        guard let amount, amount > 0 else { throw .parameters("amount") }
        guard ["coin", "balance"].contains(kind) else { throw .parameters("into") }
        let mint = LedgerInput.Mint(
            to: address, of: type, amount: amount, isBalance: kind == "balance")
        guard let transaction = try apply(.mint(mint, at: core.now), &core) else {
            throw .unwell
        }
        let coin = transaction.effects.changes.first?.after
        return [
            "digest": "\(transaction.digest)",
            "coinObjectId": coin.map { "\($0.id)" } ?? .null,
        ]
    }

    private static func advanceClock(
        _ parameters: JSONValue, _ core: inout NodeCore
    ) throws(JSONRPCError) -> JSONValue {
        let advance = try read(parameters) { reader throws(JSONFieldError) in
            try reader.integer("milliseconds")
        }
        guard (0...100_000_000_000_000).contains(advance) else {
            throw .parameters("milliseconds")
        }
        try apply(.clock(advance: advance), &core)
        return ["timestampMs": core.now.text]
    }

    /// `{coinType, isPaused?, addresses?}` takes the place of what was forbidden for that coin.
    private static func setDenied(
        _ parameters: JSONValue, _ core: inout NodeCore
    ) throws(JSONRPCError) -> JSONValue {
        let (type, isPaused, list) = try read(parameters) { reader throws(JSONFieldError) in
            (
                try reader.string("coinType"), try reader.optionalBool("isPaused") ?? false,
                reader.value("addresses")?.elements ?? []
            )
        }
        guard let type = try? TypeTag(parsing: type) else { throw .parameters("coinType") }
        let addresses = list.compactMap { value in
            value.string.flatMap { try? SuiAddress(parsing: $0) }
        }
        guard addresses.count == list.count else { throw .parameters("addresses") }
        try apply(
            .deny(CoinDenial(coinType: type, isPaused: isPaused, addresses: addresses)), &core)
        return ["isPaused": .bool(isPaused), "addresses": addresses.count.number]
    }

    /// `{seed, rules: [{fault, probability, method?, count?, amount?}]}` takes the place of all
    /// rules before, and ends a halt.
    private static func setFaults(
        _ parameters: JSONValue, _ core: inout NodeCore
    ) throws(JSONRPCError) -> JSONValue {
        let (seed, list) = try read(parameters) { reader throws(JSONFieldError) in
            (reader.value("seed") ?? 0, try reader.array("rules"))
        }
        guard let seed = seed.unsigned else { throw .parameters("seed") }
        var rules: [FaultRule] = []
        for value in list { rules.append(try rule(value)) }
        core.plan = FaultPlan(seed: seed, rules: rules)
        core.endHalt()
        return ["rules": rules.count.number]
    }

    private static func rule(_ value: JSONValue) throws(JSONRPCError) -> FaultRule {
        let (name, probability, method, count, amount) = try read(value) {
            reader throws(JSONFieldError) in
            (
                try reader.string("fault"), reader.value("probability"),
                try reader.optionalString("method"), try reader.optionalInteger("count"),
                try reader.optionalInteger("amount")
            )
        }
        guard let fault = Fault(rawValue: name) else { throw .parameters("fault \(name)") }
        guard let probability = probability?.fraction else { throw .parameters("probability") }
        guard (count ?? 0) >= 0, (0...1_000_000_000).contains(amount ?? 0) else {
            throw .parameters("count or amount")
        }
        return FaultRule(
            fault, probability: probability, method: method, count: count.map { Int($0) },
            amount: amount)
    }
}

extension JSONValue {
    /// A number from 0 to 1.
    fileprivate var fraction: Double? {
        let value: Double? =
            switch self {
            case .integer(let value): Double(value)
            case .decimal(let text): Double(text)
            default: nil
            }
        return value.flatMap { (0...1).contains($0) ? $0 : nil }
    }
}
