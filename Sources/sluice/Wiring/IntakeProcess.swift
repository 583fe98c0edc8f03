import Determinism
import Glibc
import HTTPTransport
import Intake
import Observability

/// `sluice intake`: from a checked configuration to a quiet end.
enum IntakeProcess {
    private static let finishMilliseconds: Int64 = 15_000
    private static let drainMilliseconds: Int64 = 500

    static func run(_ configuration: IntakeConfiguration, _ options: IntakeOptions) async -> Int32 {
        let writer = LogWriter(descriptor: STDOUT_FILENO)
        defer { writer.close() }
        let logger = Logger(writer: writer, level: configuration.logLevel)
        for warning in configuration.warnings { logger.warning(warning) }
        signal(SIGPIPE, SIG_IGN)
        do {
            let parts = try IntakeParts(configuration, options, logger: logger)
            return try await serve(parts, configuration, logger)
        } catch {
            logger.error("intake cannot start", ("reason", .text("\(error)")))
            return ExitStatus.finding.rawValue
        }
    }

    private static func serve(
        _ parts: IntakeParts, _ configuration: IntakeConfiguration, _ logger: Logger
    ) async throws -> Int32 {
        let responder = IntakeResponder(parts)
        let server = HTTPServer(
            HTTPServerConfiguration(
                address: configuration.intake.statusAddress,
                port: configuration.intake.statusPort, threads: 1),
            responder: responder, logger: logger, metrics: parts.metrics)
        // First, so that who finds it ready finds it listening.
        try parts.start()
        try server.start()
        logger.info(
            "intake listens",
            ("at", .text(configuration.intake.listen.map(\.description).joined(separator: ", "))),
            ("status", .number(Int64(server.port))), ("version", .text(Version.current)))
        await OwnThread.stopAsked()
        responder.beginDraining()
        logger.info("intake stores what it has")
        let isAllKept = await stopped(parts)
        await OwnThread.run { server.stop(drainMilliseconds: drainMilliseconds) }
        guard isAllKept else {
            logger.error("intake stopped with lines that it could not keep")
            return ExitStatus.finding.rawValue
        }
        logger.info("intake stopped")
        return ExitStatus.done.rawValue
    }

    private static func stopped(_ parts: IntakeParts) async -> Bool {
        await withCheckedContinuation { continuation in
            BackgroundThread.start {
                continuation.resume(
                    returning: parts.stop(until: .after(milliseconds: finishMilliseconds)))
            }
        }
    }
}
