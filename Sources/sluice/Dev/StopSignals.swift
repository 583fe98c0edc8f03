import Glibc

/// Signals that are waited for instead of handled.
enum StopSignals {
    private static var all: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGCHLD, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        return signals
    }

    /// Blocks the signals in the calling thread and all that it starts. With a thread left out,
    /// the kernel could give a signal to that one, which would end the process.
    static func block() {
        var signals = all
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits until something happens: a child changed, a stop is asked for, or time is up.
    ///
    /// - Returns: whether a stop is asked for.
    static func wait(milliseconds: Int) -> Bool {
        var signals = all
        var limit = timespec(
            tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        let signal = sigtimedwait(&signals, nil, &limit)
        return signal == SIGINT || signal == SIGTERM || signal == SIGHUP
    }
}
