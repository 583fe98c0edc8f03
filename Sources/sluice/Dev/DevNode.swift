import Glibc
import SuiProtocol

/// The simulated node of a development stack: a program beside ours, with a journal of its own.
struct DevNode: Sendable {
    static let journalFile = "node.journal"
    private static let program = "mock-sui-node"
    /// The least the charger should have, and the coins it gets where it has less: several, because
    /// a transaction that is on its way keeps its gas coin. 100 SUI each, in MIST.
    private static let gasFloor: UInt64 = 100_000_000_000
    private static let gasCoins: [UInt64] = Array(repeating: 100_000_000_000, count: 8)
    /// Refunds are paid from it: 100 USDC at least, 1000 given, in micro-USDC.
    private static let floatFloor: UInt64 = 100_000_000
    private static let floatCoin: UInt64 = 1_000_000_000

    let port: UInt16
    private let executable: String
    private let arguments: [String]
    private let control: SimulatedNode

    /// - Parameter ourselves: the path of the running program.
    init(
        port: UInt16, beside ourselves: String, in state: StateDirectory, _ secrets: DevSecrets
    ) throws(DevError) {
        let directory = ourselves.lastIndex(of: "/").map { String(ourselves[..<$0]) } ?? "."
        executable = directory + "/" + Self.program
        guard access(executable, X_OK) == 0 else {
            throw DevError("\(executable) is not there; run: make build")
        }
        self.port = port
        arguments = [
            "--port", "\(port)", "--journal", state.file(Self.journalFile),
            "--seed", secrets.nodeSeed, "--charger", secrets.charger.description,
        ]
        control = SimulatedNode(url: "http://127.0.0.1:\(port)")
    }

    var url: String { control.url }

    /// For the person at the terminal.
    var description: String { "\(url) (simulated; GraphQL at /graphql)" }

    /// What the parts of the stack are told of this chain.
    func variables(
        _ facts: SimulatedNode.Facts, chargerKeyFile: String
    ) -> [(ConfigurationVariable, String)] {
        [
            (.chain, SuiChain.localnet.rawValue),
            (.chainIdentifier, facts.chain.genesis.description),
            (.graphQLURLs, url + "/graphql"),
            (.jsonRPCURLs, url),
            (.escrowPackage, facts.escrowPackage.description),
            (.escrowOperator, facts.operatorID.description),
            (.escrowCoin, facts.coinType.description),
            (.chargerKeyFile, chargerKeyFile),
        ]
    }

    func program(_ environment: [String: String]) -> ChildProgram {
        ChildProgram(executable: executable, arguments: arguments, environment: environment)
    }

    /// Blocks until the answer or the time limit.
    ///
    /// - Returns: nil when the node does not answer.
    func facts() -> SimulatedNode.Facts? {
        DevThread.wait { [control] in try? await control.facts() }
    }

    /// Gives the charger what it needs to work, unless it still has it.
    func fundCharger(_ facts: SimulatedNode.Facts) throws(DevError) {
        let problem: SimulatedNodeError? = DevThread.wait { [control] in
            do throws(SimulatedNodeError) {
                try await Self.fund(facts, control)
                return nil
            } catch {
                return error
            }
        }
        if let problem { throw DevError("\(problem)") }
    }

    private static func fund(
        _ facts: SimulatedNode.Facts, _ node: SimulatedNode
    ) async throws(SimulatedNodeError) {
        if try await node.balance(of: facts.charger, KnownCoin.sui.type) < gasFloor {
            for coin in gasCoins {
                try await node.mint(coin, of: KnownCoin.sui.type, to: facts.charger)
            }
        }
        if try await node.balance(of: facts.charger, facts.coinType) < floatFloor {
            try await node.mint(floatCoin, of: facts.coinType, to: facts.charger)
        }
    }
}
