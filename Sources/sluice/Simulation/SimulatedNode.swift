import ByteCodecs
import HTTPTransport
import SuiProtocol

/// The control methods of `mock-sui-node`, which only a simulated node has: JSON-RPC with named
/// parameters, at `/`.
final class SimulatedNode: Sendable {
    /// What its chain begins with.
    struct Facts: Equatable, Sendable {
        let chain: ChainIdentifier
        let escrowPackage: SuiAddress
        let operatorID: ObjectID
        let coinType: TypeTag
        let charger: SuiAddress
        let treasury: SuiAddress
    }

    private static let timeoutMilliseconds: Int64 = 5000
    private static let answerLimit = 64 << 10

    /// `http://host:port`, without a path.
    let url: String
    private let client = HTTPClient()

    init(url: String) {
        self.url = url
    }

    /// The URL without what follows host and port.
    static func origin(of url: String) -> String {
        guard let scheme = ["http://", "https://"].first(where: url.hasPrefix) else { return url }
        return scheme + url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    }

    deinit { client.close() }

    func facts() async throws(SimulatedNodeError) -> Facts {
        let answer = try await call("mock_info", [:])
        do {
            var reader = try JSONObjectReader(answer)
            return Facts(
                chain: try ChainIdentifier(parsing: reader.string("chain")),
                escrowPackage: try SuiAddress(parsing: reader.string("escrowPackage")),
                operatorID: try ObjectID(parsing: reader.string("operatorId")),
                coinType: try TypeTag(parsing: reader.string("usdcType")),
                charger: try SuiAddress(parsing: reader.string("charger")),
                treasury: try SuiAddress(parsing: reader.string("treasury")))
        } catch {
            throw .unusable(method: "mock_info")
        }
    }

    /// Makes a new coin.
    ///
    /// - Parameter amount: in the coin's smallest unit, above zero.
    func mint(
        _ amount: UInt64, of coin: TypeTag, to address: SuiAddress
    ) async throws(SimulatedNodeError) {
        _ = try await call(
            "mock_mint",
            [
                "address": .string(address.description), "coinType": .string(coin.description),
                "amount": .string("\(amount)"),
            ])
    }

    /// What an address has of a coin, in its smallest unit.
    func balance(
        of address: SuiAddress, _ coin: TypeTag
    ) async throws(SimulatedNodeError) -> UInt64 {
        let answer = try await call(
            "suix_getBalance", [.string(address.description), .string(coin.description)])
        guard case .object(let members) = answer, case .string(let text)? = members["totalBalance"],
            let balance = UInt64(text)
        else { throw .unusable(method: "suix_getBalance") }
        return balance
    }

    private func call(
        _ method: String, _ parameters: JSONValue
    ) async throws(SimulatedNodeError) -> JSONValue {
        let question: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": .string(method), "params": parameters,
        ]
        let request = HTTPClientRequest(
            method: "POST", url: url + "/", headers: [("Content-Type", "application/json")],
            body: question.serialized(), timeoutMilliseconds: Self.timeoutMilliseconds,
            answerLimit: Self.answerLimit)
        guard let answer = try? await client.send(request) else {
            throw .unavailable(method: method)
        }
        guard answer.status == 200, case .object(let object)? = try? JSONValue.parse(answer.body),
            let result = object["result"]
        else { throw .unusable(method: method) }
        return result
    }
}
