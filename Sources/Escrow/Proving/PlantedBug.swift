#if FAIL_POINTS
    import Synchronization
#endif

/// Faults that crash tests plant, to see that they are found: each is a protection left out.
///
/// In a normal build none can be on, and nothing of them is left.
public enum PlantedBug: String, Sendable, CaseIterable {
    /// Silence is answered with the same charge under the account's next number.
    case newSequence = "new_sequence"
    /// What a node answers ends a charge.
    case bookedFromAnswer = "booked_from_answer"
    /// The follower's mark is committed before what the window says.
    case markFirst = "mark_first"
    /// Silence ends a charge and gives its hold back.
    case givenUpOnSilence = "given_up_on_silence"
    /// Silence is answered with another refund for the same charge.
    case refundedAnew = "refunded_anew"
    /// Writes are not guarded by the leader's generation.
    case unguardedLeader = "unguarded_leader"
    /// An outcome counts for whichever operation its reference names, on whatever account.
    case matchedByReference = "matched_by_reference"
    /// A database restored from before is charged from at once.
    case unguardedRestore = "unguarded_restore"

    #if FAIL_POINTS
        private static let planted = Mutex<PlantedBug?>(nil)

        /// - Parameter text: a raw value; any other plants nothing.
        public static func plant(_ text: String) {
            planted.withLock { $0 = PlantedBug(rawValue: text) }
        }

        var isOn: Bool { Self.planted.withLock { $0 == self } }
    #else
        @inline(__always)
        var isOn: Bool { false }
    #endif
}
