public import ByteCodecs

/// Money taken from an address balance, for a call such as `0x2::coin::redeem_funds` to turn into
/// a coin.
public struct FundsWithdrawal: Hashable, Sendable {
    /// Whose balance it is taken from.
    public enum Source: Hashable, Sendable {
        case sender
        case sponsor
        /// Of a newer protocol: read, never written by us.
        case allowance(funder: SuiAddress, allowance: ObjectID)
    }

    /// In the smallest unit of the coin: at most so much.
    public let amount: UInt64
    /// The `T` of `Balance<T>`.
    public let coinType: TypeTag
    public let source: Source

    public init(amount: UInt64, coinType: TypeTag, source: Source = .sender) {
        self.amount = amount
        self.coinType = coinType
        self.source = source
    }
}

extension FundsWithdrawal: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        let reservation = try reader.variant()
        guard reservation == 0 else {
            throw .unknownVariant(of: "Reservation", index: reservation)
        }
        amount = try reader.u64()
        let type = try reader.variant()
        guard type == 0 else { throw .unknownVariant(of: "WithdrawalType", index: type) }
        coinType = try reader.value()
        source = try reader.value()
    }

    public func write(to writer: inout BCSWriter) {
        writer.byte(0)
        writer.u64(amount)
        writer.byte(0)
        writer.value(coinType)
        writer.value(source)
    }
}

extension FundsWithdrawal.Source: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        switch try reader.variant() {
        case 0: self = .sender
        case 1: self = .sponsor
        case 2: self = .allowance(funder: try reader.value(), allowance: try reader.value())
        case let index: throw .unknownVariant(of: "WithdrawFrom", index: index)
        }
    }

    public func write(to writer: inout BCSWriter) {
        switch self {
        case .sender: writer.byte(0)
        case .sponsor: writer.byte(1)
        case .allowance(let funder, let allowance):
            writer.byte(2)
            writer.value(funder)
            writer.value(allowance)
        }
    }
}
