#if FAIL_POINTS
    import Glibc
    import Synchronization
#endif

/// Named steps at which a crash test ends the process by force, as if the machine had died there.
///
/// In a normal build nothing of it is left: it exists only where the manifest defines
/// `FAIL_POINTS`, which it does for tests' builds with a folder of their own.
public enum FailPoint {
    #if FAIL_POINTS
        private static let armed = Mutex<(name: String, passes: Int)?>(nil)

        /// - Parameter text: `step:n`: the process ends at the n-th pass of that step.
        public static func arm(_ text: String) {
            let parts = text.split(separator: ":")
            guard let name = parts.first else { return }
            let passes = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
            armed.withLock { $0 = (String(name), passes) }
        }

        public static func reached(_ step: StaticString) {
            let isLast = armed.withLock { armed in
                guard let found = armed, found.name == step.description else { return false }
                armed = (found.name, found.passes - 1)
                return found.passes <= 1
            }
            if isLast { kill(getpid(), SIGKILL) }
        }
    #else
        @inline(__always)
        public static func reached(_ step: StaticString) {}
    #endif
}
