import Testing

@testable import SuiProtocol

@Suite struct FailureTextTests {
    @Test(
        "command and abort code are found in the words of either wire format",
        arguments: [
            ("MoveAbort(MoveLocation { module: X, function: 3 }, 7) in command 12", 7, 12),
            (
                "Move Runtime Abort. Location: 0x1::m::f at offset 45, Abort Code: 1 in command 0",
                1, 0
            ),
            ("Error in 4th command, from '0x1::m::f' (instruction 5)", nil, 3),
            ("InsufficientCoinBalance in command 2", nil, 2), ("InsufficientGas", nil, nil),
            ("in 0th command", nil, nil), ("in command x", nil, nil), ("", nil, nil),
            ("in command 99999999999999999999", nil, nil),
        ] as [(String, UInt64?, Int?)])
    func found(text: String, code: UInt64?, command: Int?) {
        let failure = FailureText.failure(text)
        #expect(failure.abortCode == code)
        #expect(failure.command == command)
    }

    @Test("no more than 500 bytes of a node's words are kept")
    func limit() {
        let failure = FailureText.failure(String(repeating: "a", count: 100_000))
        #expect(failure.message.utf8.count == 500)
    }
}

@Suite struct GasOnlyTests {
    private static let module = EventModule(package: .framework, module: "account")
    private static let shared = TransactionInput.object(
        .shared(SharedObject(id: .clock, initialVersion: 1), .mutable))
    private static let coin = ObjectReference(
        id: .systemState, version: 1, digest: ObjectDigest(hashing: [1]))

    private static func data(
        inputs: [TransactionInput] = [shared], payment: Int = 1, package: SuiAddress = .framework,
        name: MoveIdentifier = "account", types: [TypeTag] = [.u8],
        arguments: [TransactionArgument] = [.input(0)], more: [TransactionCommand] = []
    ) -> TransactionData {
        let call = MoveCall(package, name, "charge", types: types, arguments)
        return TransactionData(
            ProgrammableTransaction(inputs: inputs, commands: [.moveCall(call)] + more),
            sender: .clock,
            gas: GasData(
                payment: Array(repeating: coin, count: payment), owner: .clock, price: 1,
                budget: 1), expiration: .epoch(1))
    }

    @Test("calls of the module over shared objects and values change no coin but gas")
    func gasOnly() {
        #expect(Self.data().changesNoCoinButGas(calling: Self.module))
        #expect(
            Self.data(inputs: [Self.shared, .pure([1])], arguments: [.input(0), .input(1)])
                .changesNoCoinButGas(calling: Self.module))
    }

    @Test("whatever else a transaction does, it may")
    func more() {
        let others = [
            Self.data(inputs: [.object(.owned(Self.coin))]),
            Self.data(inputs: [.object(.receiving(Self.coin))]),
            Self.data(payment: 0), Self.data(payment: 2), Self.data(package: .moveLibrary),
            Self.data(name: "accounts"), Self.data(types: [KnownCoin.sui.type]),
            Self.data(arguments: [.gasCoin]),
            Self.data(more: [.splitCoins(.gasCoin, amounts: [.input(0)])]),
            Self.data(more: [.transferObjects([.gasCoin], to: .input(0))]),
        ]
        for data in others { #expect(!data.changesNoCoinButGas(calling: Self.module)) }
    }
}
