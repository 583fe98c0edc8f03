import MockSuiNode
import SuiProtocol

/// The command line.
struct Options {
    static let help = """
        usage: mock-sui-node [--port 9000] [--journal FILE] [--seed N]

        A simulated Sui node for development and tests. JSON-RPC at /, GraphQL at /graphql,
        methods that make things happen (mock_info, mock_mint, mock_advanceEpoch,
        mock_advanceClock, mock_setFaults, mock_setDenied, mock_dump) at / as well. Loopback only.

          --port N              where to listen; 0 takes any free port (default 9000)
          --journal FILE        keeps the chain; without it the chain ends with the process
          --seed N              all ids follow from it (default 0)
          --charger ADDRESS     who may charge (default: of a key that follows from the seed)
          --treasury ADDRESS    where charges go (default: likewise)
          --checkpoint-ms N     between two checkpoints; 0: one for each transaction (default 200)
          --index-lag N         checkpoints the index is behind (default 1)
          --retention N         checkpoints whose events can be listed (default: all)
          --ready-file FILE     written, with the port, once requests are answered

        """

    var port: UInt16 = 9000
    var readyFile: String?
    var node = MockNodeConfiguration()

    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw .valueMissing(name) }
            try take(name, value)
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(UsageError) {
        switch name {
        case "--port": port = try Self.number(name, value)
        case "--journal": node.journalPath = value
        case "--seed": node.seed = try Self.number(name, value)
        case "--charger": node.charger = try Self.address(name, value)
        case "--treasury": node.treasury = try Self.address(name, value)
        case "--checkpoint-ms":
            node.checkpointMilliseconds = Int64(try Self.number(name, value) as UInt32)
        case "--index-lag": node.indexLag = Int(try Self.number(name, value) as UInt32)
        case "--retention": node.retention = Int(try Self.number(name, value) as UInt32)
        case "--ready-file": readyFile = value
        default: throw .unknown(name)
        }
    }

    private static func number<Number: FixedWidthInteger>(
        _ name: String, _ value: String
    ) throws(UsageError) -> Number {
        guard let number = Number(value) else { throw .valueInvalid(name) }
        return number
    }

    private static func address(
        _ name: String, _ value: String
    ) throws(UsageError) -> SuiAddress {
        guard let address = try? SuiAddress(parsing: value) else { throw .valueInvalid(name) }
        return address
    }
}

/// Why a command line is refused.
enum UsageError: Error, CustomStringConvertible {
    case unknown(String)
    case valueMissing(String)
    case valueInvalid(String)

    var description: String {
        switch self {
        case .unknown(let name): "unknown option \(name)"
        case .valueMissing(let name): "\(name) needs a value"
        case .valueInvalid(let name): "\(name) has a value that cannot be used"
        }
    }
}
