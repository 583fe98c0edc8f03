public import Identifiers

/// Why charges, or some of them, wait for somebody; for `/ready` and the log. No address but the
/// charger's own, no amount but sums.
public enum EngineObstacle: Hashable, Sendable {
    /// Not signed yet because the database may be older than the chain.
    case disarmed(String)
    /// Charges go on, but the identity file falls behind: a restore may not be recognised.
    case unkept(String)
    /// The charger's SUI does not pay for a transaction; what to send where.
    case walletEmpty(missingMist: UInt64, charger: String)
    /// Less SUI than all lanes need.
    case walletLow(missingMist: UInt64, charger: String)
    /// Refunds wait for USDC.
    case floatEmpty(missing: UInt64, charger: String)
    /// The USDC for them is there, behind more small coins than are looked at.
    case floatHidden(hidden: UInt64, charger: String)
    case heldByCap(single: Int, hour: Int)
    /// Planned operations that are refused whenever they are to be signed, and whose accounts wait
    /// behind them.
    case stuck(count: Int, first: ChargeID)
    /// Transactions fail, or would: a paused coin, a denied treasury, another charger.
    case failing(String)
    /// The database refuses what the engine wants to store, again and again.
    case stepRefused(String)
    case storage
    case node

    /// In words, with what to do.
    public var words: String {
        switch self {
        case .disarmed(let why): "nothing is signed: \(why)"
        case .unkept(let why): "a restored database may not be recognised: \(why)"
        case .walletEmpty(let mist, let charger):
            "no gas: send at least \(Self.sui(mist)) SUI to \(charger)"
        case .walletLow(let mist, let charger):
            "little gas: send \(Self.sui(mist)) SUI to \(charger)"
        case .floatEmpty(let missing, let charger):
            "refunds wait: send \(missing) micro-USDC to \(charger)"
        case .floatHidden(let hidden, let charger):
            "refunds wait: \(hidden) micro-USDC of \(charger) are there, but in or behind too many "
                + "small coins: merge its coins, or send its USDC to its own address balance"
        case .heldByCap(let single, let hour):
            "caps keep charges back: \(single) by SLUICE_CHARGE_CAP_SINGLE, \(hour) by "
                + "SLUICE_CHARGE_CAP_HOUR"
        case .stuck(let count, let first):
            "\(count) operations can never be signed and hold up their accounts: see "
                + "'sluice charge show \(first)', end them with 'sluice charge cancel'"
        case .failing(let reason): "transactions fail: \(reason)"
        case .stepRefused(let reason): "something cannot be stored: \(reason)"
        case .storage: "the database does not answer"
        case .node: "no Sui node answers"
        }
    }

    /// Tells obstacles apart without their figures.
    var kind: String {
        switch self {
        case .disarmed: "disarmed"
        case .unkept: "unkept"
        case .walletEmpty: "wallet_empty"
        case .walletLow: "wallet_low"
        case .floatEmpty: "float_empty"
        case .floatHidden: "float_hidden"
        case .heldByCap: "held_by_cap"
        case .stuck: "stuck"
        case .failing: "failing"
        case .stepRefused: "step_refused"
        case .storage: "storage"
        case .node: "node"
        }
    }

    /// MIST as SUI, rounded up to a hundredth.
    private static func sui(_ mist: UInt64) -> String {
        let hundredths = mist / 10_000_000 + (mist % 10_000_000 == 0 ? 0 : 1)
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension EngineObstacle {
    /// What an operator looks after.
    public enum Part: Sendable {
        case gas, float, charges
    }

    public var part: Part {
        switch self {
        case .walletEmpty, .walletLow: .gas
        case .floatEmpty, .floatHidden: .float
        case .disarmed, .unkept, .heldByCap, .stuck, .failing, .stepRefused, .storage, .node:
            .charges
        }
    }
}
