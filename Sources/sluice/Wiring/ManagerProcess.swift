import Determinism
import Escrow
import Glibc
import HTTPTransport
import Manager
import Observability
import Storage
import SuiProtocol

/// `sluice manager`: from a checked configuration to a turn as the leader, and to a quiet end.
enum ManagerProcess {
    /// For what is on its way to the chain, which the node's own time limits bound as well.
    private static let finishMilliseconds: Int64 = 30_000
    private static let drainMilliseconds: Int64 = 1000
    /// How long `--once` waits for a node that tells of the operator.
    private static let nodeMilliseconds = 30_000

    static func run(
        _ configuration: Configuration, _ options: ManagerOptions = ManagerOptions()
    ) async -> Int32 {
        let writer = LogWriter(descriptor: STDOUT_FILENO)
        defer { writer.close() }
        let logger = Logger(writer: writer, level: configuration.logLevel)
        for warning in configuration.warnings { logger.warning(warning) }
        signal(SIGPIPE, SIG_IGN)
        #if FAIL_POINTS
            if let text = ProcessEnvironment.current["SLUICE_FAIL_POINT"] { FailPoint.arm(text) }
            if let text = ProcessEnvironment.current["SLUICE_PLANTED_BUG"] {
                PlantedBug.plant(text)
            }
        #endif
        do {
            let escrow: EscrowSettings
            switch await knownEscrow(configuration, logger) {
            case .known(let settings): escrow = settings
            case .stopped:
                logger.info("manager stopped")
                return ExitStatus.done.rawValue
            case .missing:
                logger.error(
                    "manager cannot start",
                    (
                        "reason",
                        .text("SLUICE_ESCROW_PACKAGE and SLUICE_ESCROW_OPERATOR are not set")
                    ))
                return ExitStatus.finding.rawValue
            }
            let parts = try ManagerParts(
                configuration, escrow: escrow, options: options, logger: logger)
            guard await ChainCheck.passes(parts.nodes, logger) else {
                return ExitStatus.finding.rawValue
            }
            if options.once { return await once(parts, logger) }
            await BillingTasks.loadPrices(configuration, logger)
            return try await serve(parts, configuration, logger)
        } catch let refusal as ConfigurationRefusal {
            for problem in refusal.problems {
                logger.error("manager cannot start", ("reason", .text("\(problem)")))
            }
        } catch {
            logger.error("manager cannot start", ("reason", .text("\(error)")))
        }
        return ExitStatus.finding.rawValue
    }

    private enum KnownEscrow {
        case known(EscrowSettings)
        case missing
        /// A stop was asked for before the simulated node told.
        case stopped
    }

    /// As configured, or asked of the simulated node where escrow is mocked.
    private static func knownEscrow(
        _ configuration: Configuration, _ logger: Logger
    ) async -> KnownEscrow {
        if let escrow = configuration.escrow { return .known(escrow) }
        guard configuration.mocks.escrow, let url = configuration.node.endpoints.first?.url.text
        else { return .missing }
        let node = SimulatedNode(url: SimulatedNode.origin(of: url))
        while true {
            if let facts = try? await node.facts() {
                return .known(
                    EscrowSettings(
                        contract: EscrowContract(
                            package: facts.escrowPackage, coin: facts.coinType),
                        operator: facts.operatorID))
            }
            logger.warning("the simulated node does not answer yet")
            if await stopAsked(within: 1000) { return .stopped }
        }
    }

    private static func stopAsked(within milliseconds: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            BackgroundThread.start {
                continuation.resume(returning: StopSignals.wait(milliseconds: milliseconds))
            }
        }
    }

    private static func serve(
        _ parts: ManagerParts, _ configuration: Configuration, _ logger: Logger
    ) async throws -> Int32 {
        let responder = ManagerResponder(
            metrics: parts.metrics, dashboard: parts.dashboard()
        ) { await parts.report() }
        let server = HTTPServer(
            HTTPServerConfiguration(
                address: configuration.manager.address, port: configuration.manager.port,
                threads: 1),
            responder: responder, logger: logger, metrics: parts.metrics)
        try server.start()
        logger.info(
            "manager listens", ("address", .text(configuration.manager.address.description)),
            ("port", .number(Int64(server.port))), ("version", .text(Version.current)),
            ("charger", .text("\(parts.key.address)")))
        let failure = await work(parts, responder, logger)
        await OwnThread.run { server.stop(drainMilliseconds: drainMilliseconds) }
        parts.close()
        if let failure {
            logger.error("manager cannot go on", ("reason", .text("\(failure)")))
            return ExitStatus.finding.rawValue
        }
        logger.info("manager stopped")
        return ExitStatus.done.rawValue
    }

    private static func once(_ parts: ManagerParts, _ logger: Logger) async -> Int32 {
        defer {
            parts.database.close()
            parts.direct.close()
        }
        let work = Task { () -> ExitStatus in
            do throws(OperatorError) {
                return try await parts.runOnce()
            } catch {
                logger.error("tasks cannot be run", ("reason", .text("\(error)")))
                return .finding
            }
        }
        let patience = Task {
            try? await Task.sleep(for: .milliseconds(Self.nodeMilliseconds))
            if !Task.isCancelled, !parts.hasBegun { work.cancel() }
        }
        defer { patience.cancel() }
        guard await isStopAsked(before: work) else { return await work.value.rawValue }
        work.cancel()
        let isDone = await BoundedWait.run(until: .after(milliseconds: finishMilliseconds)) {
            _ = await work.value
        }
        if isDone { return await work.value.rawValue }
        logger.warning("a task did not end in time and is cut off")
        return ExitStatus.tryAgain.rawValue
    }

    /// - Returns: whether a stop is asked for before the work has ended.
    private static func isStopAsked(before work: Task<ExitStatus, Never>) async -> Bool {
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        Task {
            _ = await work.value
            end.yield(false)
        }
        Task {
            await OwnThread.stopAsked()
            end.yield(true)
        }
        return await ends.first { _ in true } ?? false
    }

    /// Until a stop is asked for and what was in hand is finished.
    ///
    /// - Returns: what makes going on senseless.
    private static func work(
        _ parts: ManagerParts, _ responder: ManagerResponder, _ logger: Logger
    ) async -> OperatorError? {
        let work = Task { () -> OperatorError? in
            do throws(OperatorError) {
                try await parts.run()
                return nil
            } catch {
                return error
            }
        }
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        Task {
            _ = await work.value
            end.yield()
        }
        Task {
            await OwnThread.stopAsked()
            end.yield()
        }
        _ = await ends.first { _ in true }
        responder.beginDraining()
        logger.info("manager finishes what is in hand")
        work.cancel()
        let isDone = await BoundedWait.run(until: .after(milliseconds: finishMilliseconds)) {
            _ = await work.value
        }
        if !isDone {
            logger.warning("work did not end in time and is cut off")
            return nil
        }
        return await work.value
    }
}
