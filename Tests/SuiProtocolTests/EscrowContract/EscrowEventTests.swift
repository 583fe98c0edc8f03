import ByteCodecs
import SuiProtocol
import Testing

/// The contract's events and objects: their fields in their order, and whose they are.
@Suite struct EscrowEventTests {
    private static let contract = EscrowContract(
        package: Named.address("package"), coin: Named.usdc)
    private static let account = Named.address("account 0")
    private static let owner = Named.address("owner")
    private static let reference = Named.bytes("reference", "0")

    private static func hex(_ address: SuiAddress) -> String { Hex.encode(address.bytes) }

    /// Little-endian, of 8 bytes.
    private static func u64(_ number: UInt8) -> String {
        Hex.encode([number]) + String(repeating: "0", count: 14)
    }

    private static let a = hex(account)
    private static let r = "20" + Hex.encode(reference)

    static let samples: [(EscrowEvent, String)] = [
        (
            .operatorCreated(
                .init(operator: account, charger: owner, treasury: .clock)),
            a + hex(owner) + hex(.clock)
        ),
        (
            .chargerRotated(.init(operator: account, oldCharger: owner, newCharger: .clock)),
            a + hex(owner) + hex(.clock)
        ),
        (
            .accountOpened(
                .init(
                    account: account, tracker: .framework, owner: owner, operator: .clock,
                    spendingLimit: 1, timestamp: 2)),
            a + hex(.framework) + hex(owner) + hex(.clock) + u64(1) + u64(2)
        ),
        (
            .deposited(.init(account: account, from: owner, amount: 1, balanceAfter: 2)),
            a + hex(owner) + u64(1) + u64(2)
        ),
        (.withdrawn(.init(account: account, amount: 1, balanceAfter: 2)), a + u64(1) + u64(2)),
        (
            .spendingLimitChanged(.init(account: account, oldLimit: 1, newLimit: 2)),
            a + u64(1) + u64(2)
        ),
        (
            .charged(
                .init(
                    account: account, sequence: 1, amount: 2, reference: reference,
                    balanceAfter: 3, periodCharged: 4, periodStart: 5)),
            a + u64(1) + u64(2) + r + u64(3) + u64(4) + u64(5)
        ),
        (
            .declined(
                .init(
                    account: account, sequence: 1, amount: 2, reference: reference,
                    reason: .spendingLimit, balance: 3, periodCharged: 4)),
            a + u64(1) + u64(2) + r + "02" + u64(3) + u64(4)
        ),
        (
            .cancelled(.init(account: account, sequence: 1, reference: reference)),
            a + u64(1) + r
        ),
        (
            .refunded(
                .init(
                    account: account, sequence: 1, amount: 2, reference: reference,
                    balanceAfter: 3)),
            a + u64(1) + u64(2) + r + u64(3)
        ),
    ]

    @Test("each event has its fields in the contract's order, and is read back", arguments: samples)
    func layout(event: EscrowEvent, hex: String) throws {
        let type = Self.contract.type(of: event.name)

        #expect(Hex.encode(event.bcs) == hex)
        #expect(try Self.contract.event(type: type, bcs: event.bcs) == event)
        #expect(throws: SuiDecodingError.bcs(.trailingBytes(1))) {
            try Self.contract.event(type: type, bcs: event.bcs + [0])
        }
        for count in 0..<event.bcs.count {
            #expect(throws: SuiDecodingError.self) {
                try Self.contract.event(type: type, bcs: Array(event.bcs.prefix(count)))
            }
        }
    }

    @Test("the samples are all the events there are")
    func complete() {
        #expect(Self.samples.map(\.0.name) == EscrowEvent.Name.allCases)
    }

    @Test("events of another package, module, coin or shape are not ours", arguments: samples)
    func lookAlikes(event: EscrowEvent, hex: String) throws {
        let ours = Self.contract.type(of: event.name)
        let coin = try TypeTag(parsing: "\(Self.account)::usdc::USDC")
        let others = [
            StructTag(Self.owner, ours.module, ours.name, ours.typeArguments),
            StructTag(ours.package, "accounts", ours.name, ours.typeArguments),
            StructTag(ours.package, ours.module, "Charge", ours.typeArguments),
            StructTag(ours.package, ours.module, ours.name, [coin]),
            StructTag(ours.package, ours.module, ours.name, ours.typeArguments + [.u8]),
            StructTag(
                ours.package, ours.module, ours.name,
                ours.typeArguments.isEmpty ? [Named.usdc] : []),
        ]
        for type in others {
            #expect(try Self.contract.event(type: type, bcs: event.bcs) == nil, "\(type)")
        }
    }

    @Test(
        "a reason for declining that the contract does not have is refused", arguments: [0, 4, 255])
    func reasons(code: UInt8) throws {
        let (sample, _) = Self.samples[7]
        var bytes = sample.bcs
        bytes[32 + 16 + 33] = code

        #expect(throws: SuiDecodingError.unknownVariant(of: "Declined.reason", index: Int(code))) {
            try EscrowEvent(.declined, bcs: bytes)
        }
    }

    @Test("objects have their fields in the contract's order")
    func objects() throws {
        let account = EscrowAccount(
            id: Self.account, owner: Self.owner, operator: .clock, balance: 1, spendingLimit: 2,
            periodStart: 3, periodCharged: 4, sequence: 5)
        #expect(
            Hex.encode(account.bcs)
                == Self.a + Self.hex(Self.owner) + Self.hex(.clock)
                + (1...5).map { Self.u64($0) }.joined())
        #expect(try EscrowAccount(bcs: account.bcs) == account)
        let found = EscrowOperator(id: Self.account, charger: Self.owner, treasury: .clock)
        #expect(Hex.encode(found.bcs) == Self.a + Self.hex(Self.owner) + Self.hex(.clock))
        #expect(try EscrowOperator(bcs: found.bcs) == found)
        #expect(Self.contract.accountType.typeArguments == [Named.usdc])
        #expect(Self.contract.operatorType.typeArguments.isEmpty)
    }

    @Test("abort codes are the contract's, and each has words")
    func aborts() {
        #expect(EscrowAbort.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(Set(EscrowAbort.allCases.map(\.words)).count == 8)
        #expect(EscrowAbort(rawValue: 4)?.constant == "EInsufficientBalance")
        #expect(EscrowAbort(rawValue: 0) == nil && EscrowAbort(rawValue: 9) == nil)
    }

    @Test("a reference names its charge and what it was owed for")
    func references() throws {
        let id = [UInt8](0..<16)
        let made = try #require(
            ChargeReference(chargeID: id, service: "billing", obligation: "invoice 7"))
        let again = ChargeReference(chargeID: id, service: "billing", obligation: "invoice 8")

        #expect(made.chargeID == id && made.bytes.count == 32)
        // SHA-256 of "billing\ninvoice 7", its first half.
        #expect(Hex.encode(made.mark) == "26139f380b3d671f0f6f4e45a092d37d")
        #expect(again?.chargeID == id && again?.mark != made.mark)
        #expect(ChargeReference(bytes: made.bytes) == made)
        #expect(ChargeReference(bytes: Array(made.bytes.dropLast())) == nil)
        #expect(ChargeReference(chargeID: [1], service: "", obligation: "") == nil)
    }
}
