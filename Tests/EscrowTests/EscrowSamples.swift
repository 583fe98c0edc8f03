import Determinism
import Identifiers
import SuiProtocol
import Testing

@testable import Escrow

/// Values that differ by a number.
enum Sample {
    static func bytes(_ number: Int, count: Int = 32) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * min(count - 1 - $0, 7))) }
    }

    static func digest(_ number: Int) throws -> TransactionDigest {
        try TransactionDigest(bytes: bytes(number))
    }

    static func event(_ number: Int, _ sequence: Int64 = 0) throws -> EventID {
        EventID(transaction: try digest(number), sequence: sequence)
    }

    static func address(_ number: Int) throws -> SuiAddress {
        try SuiAddress(bytes: bytes(number))
    }

    static func account(_ number: Int) throws -> AccountID {
        try #require(AccountID(bytes: bytes(number)))
    }

    static func chargeID(_ number: Int) throws -> ChargeID {
        ChargeID(try #require(UUIDv7(bytes: bytes(number, count: 16))))
    }

    static func reference(_ number: Int, obligation: String) throws -> ChargeReference {
        try #require(
            ChargeReference(
                chargeID: bytes(number, count: 16), service: "biller", obligation: obligation))
    }

    static func opening(_ owner: Int, operator: Int = 900, limit: Int64 = 0) throws
        -> AccountOpening
    {
        AccountOpening(
            owner: try address(owner), operator: try address(`operator`),
            tracker: try address(owner + 5000), spendingLimit: MicroUSDC(limit),
            openedAt: Timestamp(milliseconds: 1_800_000_000_000))
    }

    static func gas(_ number: Int, version: UInt64) throws -> ObjectReference {
        ObjectReference(
            id: try address(number), version: version,
            digest: try ObjectDigest(bytes: bytes(number + Int(version))))
    }
}
