import Escrow
import HTTPTransport
import Identifiers

/// What only the manager reads: where it listens, what it signs with, and how much.
struct ManagerSettings: Sendable {
    /// A port of this machine alone: what is said there is for its operator.
    let address: IPAddress
    let port: UInt16
    /// Nil where none is named; only the manager opens it.
    let chargerKeyFile: String?
    /// Which database was charged from, kept outside of it; nil where none is named and there is no
    /// key file that it could lie beside.
    let identityFile: IdentityFile?
    /// A charge above it waits; nil: none does.
    let capSingle: MicroUSDC?
    /// Of what is signed within an hour; nil: no limit.
    let capHour: MicroUSDC?
    /// A file with the prices; nil: those that the program was made with, where none are loaded.
    let priceBook: String?
    /// What operators may move at the dashboard without a second one.
    let approvalAbove: MicroUSDC
    /// Where following begins in a database that has followed nothing.
    let firstCheckpoint: Int64

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let before = reader.problems.count
        let listen = Self.listen(&reader)
        chargerKeyFile = reader.text(.chargerKeyFile).map(EnvironmentFile.expandingHome)
        let identity = reader.text(
            .managerIdentityFile, derived: chargerKeyFile.map { $0 + ".database" })
        identityFile = identity.map { IdentityFile(path: EnvironmentFile.expandingHome($0)) }
        capSingle = Self.amount(.chargeCapSingle, &reader)
        capHour = Self.amount(.chargeCapHour, &reader)
        priceBook = reader.text(.priceBook).map(EnvironmentFile.expandingHome)
        approvalAbove = Self.approvalAbove(&reader)
        firstCheckpoint = Self.firstCheckpoint(&reader)
        guard let listen, reader.problems.count == before else { return nil }
        (address, port) = listen
    }

    private static func listen(
        _ reader: inout ConfigurationReader
    ) -> (IPAddress, UInt16)? {
        let text = reader.text(.managerListen, default: "127.0.0.1:3001")
        guard let parsed = ListenSettings.parse(text) else {
            reader.refuse(.managerListen, "'\(text)' is not address:port, as in 127.0.0.1:3001")
            return nil
        }
        let isLoopback = ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }
            .contains { $0.contains(parsed.0) }
        guard isLoopback else {
            reader.refuse(
                .managerListen, "'\(text)' is not of this machine alone, as 127.0.0.1:3001 is")
            return nil
        }
        return parsed
    }

    private static func amount(
        _ variable: ConfigurationVariable, _ reader: inout ConfigurationReader
    ) -> MicroUSDC? {
        guard let text = reader.text(variable) else { return nil }
        guard let amount = try? MicroUSDC(moving: text) else {
            reader.refuse(variable, "'\(text)' is not a number of micro-USDC above zero")
            return nil
        }
        return amount
    }

    /// Zero has everything approved.
    static func approvalAbove(_ reader: inout ConfigurationReader) -> MicroUSDC {
        let text = reader.text(.approvalAbove, default: "100000000")
        guard let amount = try? MicroUSDC(parsing: text) else {
            reader.refuse(.approvalAbove, "'\(text)' is not a number of micro-USDC")
            return .zero
        }
        return amount
    }

    /// Unset, it is the chain's own first one: a node that has thrown that away stops the follower.
    private static func firstCheckpoint(_ reader: inout ConfigurationReader) -> Int64 {
        let text = reader.text(.escrowFirstCheckpoint, default: "0")
        guard let number = Int64(text), number >= 0, String(number) == text else {
            reader.refuse(.escrowFirstCheckpoint, "'\(text)' is not the number of a checkpoint")
            return 0
        }
        return number
    }
}
