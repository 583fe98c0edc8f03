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
    /// How long a process that is not fit to lead leaves the lead to others, who try twice a second.
    private static let asideMilliseconds: Int64 = 5000

    private let leadership: Leadership
    private let holder: String
    private let work: @Sendable (Generation) async -> TurnEnding
    private let waiting: @Sendable () async -> Void
    private let logger: Logger
    private let isLeadingGauge: Gauge
    private let turns: Counter
    private let leading = Mutex<Generation?>(nil)
    private let unfit = Mutex<String?>(nil)

    /// - Parameters:
    ///   - holder: names the process to an operator.
    ///   - waiting: is done about once a second while another leads; has to be quick.
    ///   - work: goes on until its task is cancelled, the generation is over, or it finds that it
    ///     cannot be done here. The lead is held until it comes back.
    public init(
        leadership: Leadership, holder: String, logger: Logger, metrics: MetricsRegistry,
        waiting: @escaping @Sendable () async -> Void = {},
        work: @escaping @Sendable (Generation) async -> TurnEnding
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

    /// Why this process gave the lead back, until it leads again and can do what a leader has to;
    /// nil where nothing is wrong.
    public var reasonAside: String? { isLeading ? nil : unfit.withLock { $0 } }

    /// Until the task is cancelled; then the work under way is ended and the next one can lead at
    /// once.
    public func run() async {
        var isTold = false
        var tries = 0
        while !Task.isCancelled {
            do throws(StorageError) {
                if let generation = try await leadership.take(as: holder) {
                    isTold = false
                    if case .unfit(let why) = await lead(generation) { await stepAside(why) }
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

    private func lead(_ generation: Generation) async -> TurnEnding {
        say(generation)
        turns.increment()
        logger.info("leading", ("generation", .number(generation.counter)))
        let working = Task { [work] in await work(generation) }
        let renewal = Task { [self] in
            await renew(generation)
            guard !Task.isCancelled else { return }
            say(nil)  // Somebody else leads, or may.
            working.cancel()
        }
        // Work that is asked to end finishes what is on its way, and leads until it has.
        let ending = await withTaskCancellationHandler {
            await working.value
        } onCancel: {
            working.cancel()
        }
        renewal.cancel()
        await renewal.value
        say(nil)
        logger.info("leading no more", ("generation", .number(generation.counter)))
        if case .over = ending { unfit.withLock { $0 = nil } }
        try? await leadership.resign()
        return ending
    }

    private func say(_ generation: Generation?) {
        leading.withLock { $0 = generation }
        isLeadingGauge.set(generation == nil ? 0 : 1)
    }

    /// Lets others lead, who may be able to.
    private func stepAside(_ why: String) async {
        unfit.withLock { $0 = why }
        logger.error("this process cannot lead and leaves it to others", ("reason", .text(why)))
        try? await Task.sleep(for: .milliseconds(Self.asideMilliseconds))
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
