import ByteCodecs
import Cryptography
import SuiProtocol
import Testing

@testable import MockSuiNode

/// A chain, and people who sign on it.
struct LedgerWorld {
    static let start: Int64 = 1_800_000_000_000

    var ledger: Ledger
    let charger: SuiPrivateKey
    let alice = LedgerWorld.key(1)
    let bob = LedgerWorld.key(2)

    init(seed: UInt64 = 7) throws {
        ledger = Ledger(try Genesis(seed: seed, timestamp: Self.start))
        charger = try Genesis.developmentKey("charger", of: seed)
        for address in [alice.address, bob.address, charger.address] {
            mint(.sui, 10_000_000_000, to: address)
        }
    }

    static func key(_ number: UInt8) -> SuiPrivateKey {
        var seed = [UInt8](repeating: number, count: 32)
        do {
            return try SuiPrivateKey(seed: try SecretBytes(wiping: &seed))
        } catch {
            preconditionFailure("no locked memory")
        }
    }

    var usdc: TypeTag { ledger.genesis.usdcType }
    var package: ObjectID { ledger.genesis.escrowPackage }

    @discardableResult
    mutating func mint(
        _ type: TypeTag, _ amount: UInt64, to address: SuiAddress, isBalance: Bool = false
    ) -> ObjectID {
        let done = ledger.apply(
            .mint(
                .init(to: address, of: type, amount: amount, isBalance: isBalance),
                at: ledger.now))
        return done?.effects.changes.first?.id ?? .clock
    }

    func gas(of address: SuiAddress) -> ObjectReference? {
        LedgerView.direct(ledger).owned(by: address, type: .exact(.coin(of: .sui))).first?.reference
    }

    func transaction(
        _ commands: [TransactionCommand], _ inputs: [TransactionInput], by key: SuiPrivateKey,
        budget: UInt64 = 50_000_000, gas: [ObjectReference]? = nil,
        expiration: TransactionExpiration? = nil
    ) -> TransactionData {
        TransactionData(
            ProgrammableTransaction(inputs: inputs, commands: commands), sender: key.address,
            gas: GasData(
                payment: gas ?? [self.gas(of: key.address)].compactMap { $0 },
                owner: key.address, price: 1000, budget: budget),
            expiration: expiration ?? .epoch(ledger.epoch + 1))
    }

    /// Signs, checks and runs.
    @discardableResult
    mutating func run(
        _ data: TransactionData, by key: SuiPrivateKey
    ) throws -> LedgerTransaction {
        let signatures = [key.sign(data)]
        _ = try ledger.admit(data.bcs, signatures: signatures)
        guard
            let done = ledger.apply(
                .execute(data.bcs, signatures: signatures, at: ledger.now))
        else { throw TransactionRefusal.unreadable("nothing ran") }
        return done
    }

    @discardableResult
    mutating func run(
        _ commands: [TransactionCommand], _ inputs: [TransactionInput], by key: SuiPrivateKey
    ) throws -> LedgerTransaction {
        try run(transaction(commands, inputs, by: key), by: key)
    }

    // MARK: - Inputs

    func owned(_ id: ObjectID) -> TransactionInput {
        guard let object = ledger.object(id) else { return .pure([]) }
        return .object(.owned(object.reference))
    }

    func shared(_ id: ObjectID, _ mutability: SharedMutability = .mutable) -> TransactionInput {
        guard case .shared(let version)? = ledger.object(id)?.owner else { return .pure([]) }
        return .object(.shared(SharedObject(id: id, initialVersion: version), mutability))
    }

    static func number(_ value: UInt64) -> TransactionInput {
        var writer = BCSWriter()
        writer.u64(value)
        return .pure(writer.bytes)
    }

    static func bytes(_ value: [UInt8]) -> TransactionInput {
        var writer = BCSWriter()
        writer.byteVector(value)
        return .pure(writer.bytes)
    }

    /// A call of the escrow package; arguments are the inputs in their order.
    func call(
        _ function: MoveIdentifier, _ arguments: [TransactionArgument], package: ObjectID? = nil,
        types: Bool = true
    ) -> TransactionCommand {
        .moveCall(
            MoveCall(
                package ?? self.package, "account", function, types: types ? [usdc] : [],
                arguments))
    }

    // MARK: - Escrow

    /// Opens an account with money in it.
    mutating func open(
        _ amount: UInt64, limit: UInt64 = 0, by key: SuiPrivateKey
    ) throws -> ObjectID {
        let coin = mint(usdc, amount, to: key.address)
        let done = try run(
            [call("open", [.input(0), .input(1), .input(2), .input(3)])],
            [
                shared(ledger.genesis.operatorID, .immutable), Self.number(limit), owned(coin),
                clock,
            ], by: key)
        return try #require(
            done.effects.changes.first { change in
                if case .account? = change.after?.contents { true } else { false }
            }
        ).id
    }

    var clock: TransactionInput { .object(.shared(.clock, .immutable)) }

    /// Charges, joins and settles in one transaction, as a batch does.
    func batch(
        _ charges: [(account: ObjectID, seq: UInt64, amount: UInt64)],
        reference: [UInt8] = [UInt8](repeating: 9, count: 32), package: ObjectID? = nil
    ) -> (commands: [TransactionCommand], inputs: [TransactionInput]) {
        var inputs = [shared(ledger.genesis.operatorID, .immutable), clock, Self.bytes(reference)]
        var commands: [TransactionCommand] = []
        for (index, charge) in charges.enumerated() {
            let first = UInt16(inputs.count)
            inputs += [
                shared(charge.account), Self.number(charge.seq), Self.number(charge.amount),
            ]
            commands.append(
                call(
                    "charge",
                    [
                        .input(first), .input(0), .input(first + 1), .input(first + 2), .input(2),
                        .input(1),
                    ], package: package))
            guard index > 0 else { continue }
            commands.append(
                call(
                    "join", [.result(0), .result(UInt16(commands.count - 1))], package: package))
        }
        commands.append(call("settle", [.result(0), .input(0)], package: package))
        return (commands, inputs)
    }

    @discardableResult
    mutating func charge(
        _ account: ObjectID, seq: UInt64, _ amount: UInt64, by key: SuiPrivateKey? = nil,
        package: ObjectID? = nil
    ) throws -> LedgerTransaction {
        let batch = batch([(account, seq, amount)], package: package)
        return try run(batch.commands, batch.inputs, by: key ?? charger)
    }

    func account(_ id: ObjectID) -> EscrowAccountState? {
        guard case .account(let account)? = ledger.object(id)?.contents else { return nil }
        return account
    }

    func coins(of address: SuiAddress) -> UInt128 {
        LedgerView.direct(ledger).coins(of: address, usdc).sum
    }

    /// What is in each of an address's coins of USDC, the smallest first.
    func balances(of address: SuiAddress) -> [UInt64] {
        LedgerView.direct(ledger).owned(by: address, type: .exact(.coin(of: usdc)))
            .compactMap { object in
                if case .coin(let balance) = object.contents { balance } else { nil }
            }.sorted()
    }

    /// The events of a transaction by name, each with its fields as GraphQL shows them.
    func events(of transaction: LedgerTransaction) -> [(name: String, json: JSONValue)] {
        ledger.events[transaction.events].map {
            ($0.type.name.description, MoveData.graphQL($0.fields))
        }
    }
}
