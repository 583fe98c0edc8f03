import Authentication
import Determinism
import Gateway
import Glibc
import HTTPTransport
import Observability
import Storage
import SuiProtocol

/// `sluice gateway`: from a checked configuration to a served port, and to a quiet end.
enum GatewayProcess {
    /// All of a stop, notice included; service managers end by force what takes much longer.
    private static let stopMilliseconds: Int64 = 10_000
    /// Of those, kept for what comes after the last request: sending the refusals of what was
    /// still under way, and the work beside requests.
    private static let afterDrainMilliseconds: Int32 = 1000
    private static let leastMilliseconds: Int32 = 1000

    static func run(_ configuration: Configuration) async -> Int32 {
        let writer = LogWriter(descriptor: STDOUT_FILENO)
        defer { writer.close() }
        let logger = Logger(writer: writer, level: configuration.logLevel)
        signal(SIGPIPE, SIG_IGN)
        do {
            let escrow = await escrow(configuration, logger)
            let parts = try GatewayParts(configuration, escrow: escrow, logger: logger)
            if await parts.hasForeignKeysOnly() {
                logger.error(
                    "no signing key in the database opens: DB_ENCRYPTION_KEY is not the one they "
                        + "were sealed with")
                return ExitStatus.finding.rawValue
            }
            guard await ChainCheck.passes(parts.nodes, logger) else {
                return ExitStatus.finding.rawValue
            }
            try parts.server.start()
            parts.background.start()
            logger.info(
                "gateway listens", ("address", .text(configuration.listen.address.description)),
                ("port", .number(Int64(parts.server.port))),
                ("version", .text(Version.current)))
            await OwnThread.stopAsked()
            await stop(parts, configuration, logger)
            return ExitStatus.done.rawValue
        } catch {
            logger.error("gateway cannot start", ("reason", .text("\(error)")))
            return ExitStatus.finding.rawValue
        }
    }

    /// As configured, or asked of the simulated node where escrow is mocked.
    private static func escrow(
        _ configuration: Configuration, _ logger: Logger
    ) async -> EscrowSettings? {
        guard configuration.escrow == nil, configuration.mocks.escrow,
            let url = configuration.node.endpoints.first?.url.text
        else { return configuration.escrow }
        let node = SimulatedNode(url: SimulatedNode.origin(of: url))
        guard let facts = try? await node.facts() else {
            logger.warning("the simulated node does not answer: no escrow until the next start")
            return nil
        }
        return EscrowSettings(
            contract: EscrowContract(package: facts.escrowPackage, coin: facts.coinType),
            operator: facts.operatorID)
    }

    /// `/ready` says no at once, while connections are still taken; then the port closes, what is
    /// in flight is finished, and nothing acknowledged is lost.
    private static func stop(
        _ parts: GatewayParts, _ configuration: Configuration, _ logger: Logger
    ) async {
        logger.info("gateway drains")
        let deadline = Deadline.after(milliseconds: stopMilliseconds)
        parts.responder.beginDraining()
        parts.server.beginDraining()
        let notice = Int64(configuration.listen.drainNoticeSeconds) * 1000
        await OwnThread.run {
            if notice > 0 { _ = StopSignals.wait(milliseconds: Int(notice)) }
            let drain = deadline.remainingMilliseconds - afterDrainMilliseconds
            parts.server.stop(drainMilliseconds: Int64(max(leastMilliseconds, drain)))
        }
        let last = max(deadline, Deadline.after(milliseconds: Int64(leastMilliseconds)))
        if await !BoundedWait.run(until: last, { await parts.background.stop() }) {
            logger.warning("work beside requests did not end in time and is cut off")
        }
        parts.database.close()
        logger.info("gateway stopped")
    }
}
