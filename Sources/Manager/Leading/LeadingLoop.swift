public import Escrow
public import Observability
import Storage
import Synchronization

/// Takes turns with other managers: one leads and works, the others wait and take over.
public final class LeadingLoop: Sendable {
    /// Well below the silence after which a waiting process ends the leader's session.
    private static let renewMilliseconds = 1000
    private static let waitMilliseconds = 500
    private static let triesPerSecond = 2

    private let leadership: Leadership
    private let holder: String
    private let work: @Sendable (Generation) async -> Void
    private let waiting: @Sendable () async -> Void
    private let logger: Logger
    private let isLeadingGauge: Gauge
    private let turns: Counter
    private let leading = Mutex<Generation?>(nil)

    /// - Parameters:
    ///   - holder: names the process to an operator.
    ///   - waiting: is done about once a second while another leads; has to be quick.
    ///   - work: goes on until its task is cancelled, or the generation is over.
    public init(
        leadership: Leadership, holder: String, logger: Logger, metrics: MetricsRegistry,
        waiting: @escaping @Sendable () async -> Void = {},
        work: @escaping @Sendable (Generation) async -> Void
    ) {
        self.leadership = leadership
        self.holder = holder
        self.work = work
        self.waiting = waiting
        self.logger = logger
        isLeadingGauge = metrics.gauge(
            "sluice_manager_leading", help: "1 while this process leads, 0 while it waits.")
        turns = metrics.counter(
            "sluice_manager_turns_total", help: "Times this process took the lead.")
    }

    public var isLeading: Bool { leading.withLock { $0 != nil } }

    /// Until the task is cancelled; then the work under way is ended and the next one can lead at
    /// once.
    public func run() async {
        var isTold = false
        var tries = 0
        while !Task.isCancelled {
            do throws(StorageError) {
                if let generation = try await leadership.take(as: holder) {
                    isTold = false
                    await lead(generation)
                } else {
                    if !isTold { logger.info("another process leads; this one waits") }
                    isTold = true
                    if tries.isMultiple(of: Self.triesPerSecond) { await waiting() }
                    tries += 1
                }
            } catch {
                if !isTold { logger.warning("cannot lead", ("reason", .text("\(error)"))) }
                isTold = true
            }
            try? await Task.sleep(for: .milliseconds(Self.waitMilliseconds))
        }
    }

    private func lead(_ generation: Generation) async {
        leading.withLock { $0 = generation }
        isLeadingGauge.set(1)
        turns.increment()
        logger.info("leading", ("generation", .number(generation.counter)))
        let working = Task { [work] in await work(generation) }
        let renewal = Task { [self] in
            await renew(generation)
            working.cancel()  // Somebody else leads.
        }
        // Work that is asked to end finishes what is in hand, and leads until it has.
        await withTaskCancellationHandler {
            await working.value
        } onCancel: {
            working.cancel()
        }
        renewal.cancel()
        await renewal.value
        leading.withLock { $0 = nil }
        isLeadingGauge.set(0)
        logger.info("leading no more", ("generation", .number(generation.counter)))
        try? await leadership.resign()
    }

    /// Says that the leader is alive, until it leads no more or the task is cancelled. While the
    /// database does not answer nobody can take over, nor can anything be written.
    private func renew(_ generation: Generation) async {
        while !Task.isCancelled {
            if let isLeading = try? await leadership.renew(generation), !isLeading { return }
            try? await Task.sleep(for: .milliseconds(Self.renewMilliseconds))
        }
    }
}
