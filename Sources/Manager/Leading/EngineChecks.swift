import Escrow
public import Observability

/// What the engine and the follower say of themselves, as checks of `/ready`.
public enum EngineChecks {
    /// Checkpoints that may be missing before the lag is worth a word: some seconds.
    private static let lagLimit: Int64 = 60

    public static func of(_ work: ChargingWork) -> [(name: String, state: CheckState)] {
        let obstacles = work.engine.obstacles
        func worst(
            _ isMeant: (EngineObstacle) -> Bool
        ) -> CheckState {
            obstacles.first(where: isMeant).map { .degraded($0.words) } ?? .ok
        }
        return [
            ("follower", follower(work.follower)),
            ("gas", worst { $0.part == .gas }),
            ("float", worst { $0.part == .float }),
            ("charges", worst { $0.part == .charges }),
        ]
    }

    private static func follower(_ follower: Follower) -> CheckState {
        let stopped = follower.fault.map { "following has stopped: \($0)" }
        if let tip = follower.impossibleTip {
            // First, as the rest may only follow from it.
            let lie =
                "a node lies: it claims checkpoint \(tip), which the chain cannot have come to"
            return .degraded([lie, stopped].compactMap(\.self).joined(separator: "; "))
        }
        if let stopped { return .degraded(stopped) }
        guard let step = follower.lastStep else { return .degraded("following has not begun") }
        guard step.behind <= lagLimit else {
            return .degraded("the follower is \(step.behind) checkpoints behind")
        }
        return .ok
    }
}
