import HTTPTransport
import Intake
import Observability

/// What only the intake reads: where lines come in, and where they wait while the database is away.
struct IntakeSettings: Sendable {
    /// Without an edge of its own, a place has ``edge``; with a PROXY header, the certificate's.
    let listen: [ListenAddress]
    /// Of this machine alone: `/health`, `/ready` and `/metrics`.
    let statusAddress: IPAddress
    let statusPort: UInt16
    /// Nil: lines wait in memory, and then in HAProxy.
    let spool: String?
    let spoolLimit: Int
    let connectionLimit: Int
    /// The one edge whose lines are taken where nothing else says; nil takes those of any.
    let edge: String?
    /// HAProxy's runtime socket, where it is on this machine.
    let edgeSocket: String?
    /// Nil: nothing is told to HAProxy from here.
    let vault: EdgeVaultSettings?

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let before = reader.problems.count
        let edge = reader.text(.edge)
        if let edge, !EdgeName.isValid(edge.utf8) {
            reader.refuse(.edge, "\(ListenAddressError.notAnEdge(edge))")
        }
        var listen: [ListenAddress] = []
        for text in reader.list(.intakeListen, default: "tcp:127.0.0.1:5514") {
            do throws(ListenAddressError) {
                listen.append(try ListenAddress(text))
            } catch {
                reader.refuse(.intakeListen, "\(error)")
            }
        }
        let status = Self.status(&reader)
        spool = reader.text(.intakeSpool).map(EnvironmentFile.expandingHome)
        spoolLimit = reader.integer(
            .intakeSpoolLimit, in: 1 << 20...1 << 50, default: 1 << 30)
        connectionLimit = reader.integer(.intakeConnections, in: 1...1000, default: 64)
        edgeSocket = reader.text(.edgeSocket).map(EnvironmentFile.expandingHome)
        vault = EdgeVaultSettings(&reader, edge: edge, socket: edgeSocket)
        guard let status, reader.problems.count == before else { return nil }
        (statusAddress, statusPort) = status
        self.edge = edge
        self.listen = listen
    }

    private static func status(
        _ reader: inout ConfigurationReader
    ) -> (IPAddress, UInt16)? {
        let text = reader.text(.intakeStatusListen, default: "127.0.0.1:3002")
        guard let parsed = ListenSettings.parse(text), parsed.0.isLoopback else {
            reader.refuse(
                .intakeStatusListen,
                "'\(text)' is not an address and port of this machine alone, as 127.0.0.1:3002 is")
            return nil
        }
        return parsed
    }
}

extension IPAddress {
    /// Reached from this machine alone.
    var isLoopback: Bool {
        ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }.contains { $0.contains(self) }
    }
}
