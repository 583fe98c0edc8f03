import Determinism
import Observability
import SuiProtocol

/// What the follower tells of itself.
struct FollowerMetrics: Sendable {
    private let checkpoint: Gauge
    private let lagCheckpoints: Gauge
    private let lagSeconds: Gauge
    private let tipAge: Gauge
    private let isStuck: Gauge
    let impossibleTip: Gauge
    private let events: Counter
    private let unreadable: Counter
    private let unmatched: Counter
    private let breaks: Counter
    private let errors: Counter

    init(_ metrics: MetricsRegistry) {
        checkpoint = metrics.gauge(
            "sluice_follower_checkpoint", help: "The last checkpoint that is booked.")
        lagCheckpoints = metrics.gauge(
            "sluice_follower_lag_checkpoints", help: "Checkpoints between the mark and the tip.")
        lagSeconds = metrics.gauge(
            "sluice_follower_lag_seconds",
            help: "Time between the last checkpoint that is booked and the newest one.")
        tipAge = metrics.gauge(
            "sluice_follower_tip_age_seconds", help: "Age of the newest checkpoint of the node.")
        isStuck = metrics.gauge(
            "sluice_follower_stuck", help: "1 while nothing can be booked.")
        impossibleTip = metrics.gauge(
            "sluice_follower_impossible_tip",
            help: "1 while a node claims a tip that the chain cannot have come to.")
        events = metrics.counter("sluice_follower_events_total", help: "Events that were booked.")
        unreadable = metrics.counter(
            "sluice_follower_unreadable_total", help: "Events that could not be read.")
        unmatched = metrics.counter(
            "sluice_follower_unmatched_total",
            help: "Events of the escrow package that are of no coin or struct of ours.")
        breaks = metrics.counter("sluice_follower_breaks_total", help: "Breaks that were raised.")
        errors = metrics.counter("sluice_follower_errors_total", help: "Tries that failed.")
    }

    func looked(_ status: NodeStatus, at now: Timestamp) {
        tipAge.set(max(0, now.milliseconds - status.tipAt.milliseconds) / 1000)
    }

    func booked(_ summary: Bookkeeper.Summary, _ window: CheckpointWindow) {
        events.increment(by: Int64(summary.events))
        unreadable.increment(by: Int64(window.events.count(where: \.isUnreadable)))
        unmatched.increment(by: Int64(window.unmatched.count))
        breaks.increment(by: Int64(summary.breaks.count))
    }

    func stands(_ step: FollowerStep, lagMilliseconds: Int64) {
        checkpoint.set(step.mark)
        lagCheckpoints.set(step.behind)
        lagSeconds.set(lagMilliseconds / 1000)
        isStuck.set(0)
    }

    func failed() {
        errors.increment()
        isStuck.set(1)
    }
}
