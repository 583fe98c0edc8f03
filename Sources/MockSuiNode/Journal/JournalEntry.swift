import ByteCodecs
import SuiProtocol

/// A line of the journal: JSON with one member, named after what happened.
enum JournalEntry: Equatable {
    case genesis(seed: UInt64, charger: SuiAddress, treasury: SuiAddress, timestamp: Int64)
    case input(LedgerInput)

    var line: [UInt8] {
        json.serialized() + [UInt8(ascii: "\n")]
    }

    private var json: JSONValue {
        switch self {
        case .genesis(let seed, let charger, let treasury, let timestamp):
            [
                "genesis": [
                    "seed": "\(seed)", "charger": "\(charger)", "treasury": "\(treasury)",
                    "timestamp": .integer(timestamp),
                ]
            ]
        case .input(.execute(let bytes, let signatures, let time, let isCancelled)):
            [
                "execute": [
                    "bytes": .string(Base64.encode(bytes)),
                    "signatures": .array(signatures.map { .string($0) }), "at": .integer(time),
                    "isCancelled": .bool(isCancelled),
                ]
            ]
        case .input(.deny(let denial)):
            [
                "deny": [
                    "coinType": "\(denial.coinType)", "isPaused": .bool(denial.isPaused),
                    "addresses": .array(denial.addresses.map { "\($0)" }),
                ]
            ]
        case .input(.mint(let mint, let time)):
            [
                "mint": [
                    "address": "\(mint.address)", "coinType": "\(mint.coinType)",
                    "amount": "\(mint.amount)", "isBalance": .bool(mint.isBalance),
                    "at": .integer(time),
                ]
            ]
        case .input(.checkpoint(let time)): ["checkpoint": ["at": .integer(time)]]
        case .input(.epoch(let time)): ["epoch": ["at": .integer(time)]]
        case .input(.clock(let advance)): ["clock": ["advance": .integer(advance)]]
        }
    }

    /// - Returns: nil when the line is none of ours.
    init?(line: some Collection<UInt8>) {
        guard case .object(let object)? = try? JSONValue.parse(line), object.count == 1,
            let name = object.members.first?.name,
            var reader = try? JSONObjectReader(object.members[0].value),
            let entry = try? Self.read(name, &reader)
        else { return nil }
        self = entry
    }

    private static func read(_ name: String, _ reader: inout JSONObjectReader) throws -> Self? {
        switch name {
        case "genesis":
            guard let seed = UInt64(try reader.string("seed")) else { return nil }
            return .genesis(
                seed: seed, charger: try SuiAddress(parsing: reader.string("charger")),
                treasury: try SuiAddress(parsing: reader.string("treasury")),
                timestamp: try reader.integer("timestamp"))
        case "execute":
            return .input(
                .execute(
                    try Base64.decode(reader.string("bytes")),
                    signatures: try reader.array("signatures").compactMap(\.string),
                    at: try reader.integer("at"),
                    isCancelled: try reader.optionalBool("isCancelled") ?? false))
        case "deny":
            return .input(
                .deny(
                    CoinDenial(
                        coinType: try TypeTag(parsing: reader.string("coinType")),
                        isPaused: try reader.bool("isPaused"),
                        addresses: try reader.array("addresses").compactMap(\.string)
                            .map { text in try SuiAddress(parsing: text) })))
        case "mint":
            guard let amount = UInt64(try reader.string("amount")) else { return nil }
            let mint = LedgerInput.Mint(
                to: try SuiAddress(parsing: reader.string("address")),
                of: try TypeTag(parsing: reader.string("coinType")), amount: amount,
                isBalance: try reader.bool("isBalance"))
            return .input(.mint(mint, at: try reader.integer("at")))
        case "checkpoint": return .input(.checkpoint(at: try reader.integer("at")))
        case "epoch": return .input(.epoch(at: try reader.integer("at")))
        case "clock": return .input(.clock(advance: try reader.integer("advance")))
        default: return nil
        }
    }
}
