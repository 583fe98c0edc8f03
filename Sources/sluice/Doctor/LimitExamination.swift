import Glibc

/// Limits that the system puts on a process.
enum LimitExamination {
    /// Connections of the HTTP server, and some for database, nodes and logs.
    private static let filesWanted: UInt64 = 8192 + 256

    /// The server raises its own soft limit, so the hard one counts.
    static func run() -> Examination {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .warning("open files", "the limit cannot be read")
        }
        let shown = limit.rlim_max == rlim_t.max ? "unlimited" : String(limit.rlim_max)
        return limit.rlim_max < filesWanted
            ? .warning("open files", "limit \(shown) is below \(filesWanted); raise ulimit -Hn")
            : .fine("open files", "limit \(shown)")
    }
}
