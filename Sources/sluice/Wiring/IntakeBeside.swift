import Determinism
import Intake
import Observability
import Storage

/// Something that runs in an intake's process beside the taking of lines.
protocol IntakePart: Sendable {
    /// What is wrong with it, in words; nil where all is well.
    var trouble: String? { get }
    func start()
    /// Ends it, at the deadline at the latest.
    func stop(until deadline: Deadline)
}

extension IntakePart {
    var trouble: String? { nil }
}

/// Which parts there are; one that is not configured is left out.
enum IntakeBeside {
    static func parts(
        _ configuration: IntakeConfiguration, _ options: IntakeOptions, judge: LineJudge,
        queue: BatchQueue, database: BulkTarget, metrics: MetricsRegistry, logger: Logger
    ) throws(InvalidDatabaseURL) -> [any IntakePart] {
        let intake = configuration.intake
        var parts: [any IntakePart] = []
        if let path = options.follow, let folder = options.spool {
            parts.append(
                FileFollower(
                    path: path, folder: folder, edge: intake.edge, judge: judge, queue: queue,
                    logger: logger))
        }
        if let edge = intake.edge, let socket = intake.edgeSocket {
            parts.append(
                WindowCloser(
                    edge: edge, socketPath: socket, target: database, metrics: metrics,
                    surroundings: .live, logger: logger))
        }
        if let part = try EdgeVaultPart(configuration, metrics: metrics, logger: logger) {
            parts.append(part)
        }
        return parts
    }
}

extension FileFollower: IntakePart {}
extension WindowCloser: IntakePart {}
