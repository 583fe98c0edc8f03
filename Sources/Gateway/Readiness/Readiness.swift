import Synchronization

/// Whether requests should be sent to this instance.
final class Readiness: Sendable {
    private let probe: ReadinessProbe
    private let isDraining = Atomic(false)

    init(_ checks: [ReadinessCheck]) {
        probe = ReadinessProbe(checks)
    }

    /// From now on the answer is no, without looking; there is no way back.
    func beginDraining() {
        isDraining.store(true, ordering: .relaxed)
    }

    func report() async -> ReadinessReport {
        if isDraining.load(ordering: .relaxed) { return .draining }
        let report = await probe.report()
        return isDraining.load(ordering: .relaxed) ? .draining : report
    }
}
