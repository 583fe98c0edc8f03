import Determinism
import Glibc
import Synchronization

/// Waiting for a server to have nothing left to do.
enum ServerDrain {
    /// For so long no request may have begun: one may be on its way when the last one ends.
    private static let quietMilliseconds: Int64 = 50

    /// Returns when no request is in flight and none has begun for a moment, or the time is up.
    static func waitUntilQuiet(_ core: ServerCore, milliseconds: Int64) {
        let end = Deadline.after(milliseconds: milliseconds)
        var begun = core.begun.load(ordering: .relaxed)
        var quiet = Deadline.after(milliseconds: quietMilliseconds)
        while !end.isPast {
            let current = core.begun.load(ordering: .relaxed)
            if current != begun || core.inFlight.load(ordering: .acquiring) > 0 {
                begun = current
                quiet = .after(milliseconds: quietMilliseconds)
            } else if quiet.isPast {
                return
            }
            usleep(1000)
        }
    }
}
