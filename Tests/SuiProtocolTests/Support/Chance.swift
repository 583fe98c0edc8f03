import Determinism
import SuiProtocol

/// Random values of every shape, from a seed.
struct Chance {
    private let surroundings: Surroundings

    init(seed: UInt64) {
        surroundings = SimulatedWorld(seed: seed).surroundings
    }

    func below(_ bound: Int) -> Int {
        Int(number() % UInt64(bound))
    }

    func bytes(_ count: Int) -> [UInt8] { surroundings.randomBytes(count) }

    func number() -> UInt64 {
        surroundings.randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    func some<Value>(_ most: Int, _ make: () throws -> Value) rethrows -> [Value] {
        try (0..<below(most + 1)).map { _ in try make() }
    }

    func address() throws -> SuiAddress { try SuiAddress(bytes: bytes(32)) }

    func identifier() throws -> MoveIdentifier {
        let letters = Array("abcXYZ_019")
        return try MoveIdentifier("m" + String((0..<below(12)).map { _ in letters[below(10)] }))
    }

    func type(depth: Int = 1) throws -> TypeTag {
        let plain: [TypeTag] = [
            .bool, .u8, .u16, .u32, .u64, .u128, .u256, .address, .signer,
        ]
        guard depth < 6, below(2) == 0 else { return plain[below(plain.count)] }
        guard below(2) == 0 else { return .vector(try type(depth: depth + 1)) }
        return .structure(
            StructTag(
                try address(), try identifier(), try identifier(),
                try some(3) { try type(depth: depth + 1) }))
    }

    func reference() throws -> ObjectReference {
        ObjectReference(
            id: try address(), version: number(), digest: try ObjectDigest(bytes: bytes(32)))
    }

    func argument() -> TransactionArgument {
        let (first, second) = (UInt16(below(65_536)), UInt16(below(65_536)))
        return [.gasCoin, .input(first), .result(first), .nestedResult(first, second)][below(4)]
    }

    func input() throws -> TransactionInput {
        switch below(6) {
        case 0: return .pure(bytes(below(300)))
        case 1: return .object(.owned(try reference()))
        case 2: return .object(.receiving(try reference()))
        case 3:
            let object = SharedObject(id: try address(), initialVersion: number())
            let mutability: [SharedMutability] = [.immutable, .mutable, .nonExclusiveWrite]
            return .object(.shared(object, mutability[below(3)]))
        default:
            let sources: [FundsWithdrawal.Source] = [
                .sender, .sponsor,
                .allowance(funder: try address(), allowance: try address()),
            ]
            return .funds(
                FundsWithdrawal(
                    amount: number(), coinType: try type(), source: sources[below(3)]))
        }
    }

    func command() throws -> TransactionCommand {
        switch below(7) {
        case 0: .moveCall(try call())
        case 1: .transferObjects(some(4, argument), to: argument())
        case 2: .splitCoins(argument(), amounts: some(4, argument))
        case 3: .mergeCoins(into: argument(), some(4, argument))
        case 4: .publish(modules: some(3) { bytes(below(90)) }, dependencies: try some(3, address))
        case 5: .makeMoveVector(below(2) == 0 ? nil : try type(), some(4, argument))
        default:
            .upgrade(
                modules: some(3) { bytes(below(90)) }, dependencies: try some(3, address),
                package: try address(), ticket: argument())
        }
    }

    private func call() throws -> MoveCall {
        MoveCall(
            try address(), try identifier(), try identifier(), types: try some(3) { try type() },
            some(5, argument))
    }

    func transaction() throws -> TransactionData {
        let window = ValidityWindow(
            epochs: 5...6, chain: ChainIdentifier(genesis: try CheckpointDigest(bytes: bytes(32))),
            nonce: UInt32(truncatingIfNeeded: number()))
        let expirations: [TransactionExpiration] = [
            .none, .epoch(number()), .validDuring(window), .validity(window, proposers: nil),
        ]
        return TransactionData(
            ProgrammableTransaction(inputs: try some(6, input), commands: try some(5, command)),
            sender: try address(),
            gas: GasData(
                payment: try some(3, reference), owner: try address(), price: number(),
                budget: number()),
            expiration: expirations[below(4)])
    }
}
