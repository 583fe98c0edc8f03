/// Where clocks and chance may be read.
enum DeterminismRules {
    static let all = [clocks, deadlines, live, chance]

    private static let sources = ["Sources"]
    private static let home = "Sources/Determinism/"

    private static let clocks = Rule(
        "only Determinism reads a clock",
        because: "a test cannot move a clock that is read behind its back",
        in: sources,
        planted: [
            "clock_gettime(CLOCK_REALTIME, &time)", "let now = Date()", "let now = Date.now",
            "let start = ContinuousClock.now", "let t = time(nil)", "gettimeofday(&t, nil)",
            "let t = DispatchTime.now()",
        ].map { SourceFile(path: "Sources/Gateway/X.swift", text: $0) }
    ) { file in
        guard file.isSwift, !file.path.hasPrefix(home) else { return [] }
        return file.code(holding: [
            "clock_gettime", "gettimeofday", "time(nil)", "timespec_get", " Date(", "Date.now",
            "ContinuousClock", "SuspendingClock", "DispatchTime.now", "DispatchWallTime",
            "mach_absolute_time", "clock()",
        ])
    }

    /// Modules whose work is waiting for others: sockets, the database, processes.
    private static let waiting = [
        "Determinism", "HTTPTransport", "Intake", "Storage", "SuiNodeClient", "sluice",
    ]
    /// Files elsewhere that bound or measure a wait.
    private static let waiters: Set<String> = [
        "EdgeWait.swift",
        "EndedSessions.swift", "HAProxySocket.swift", "Monitor.swift", "RequestContext.swift",
        "TaskRunner.swift", "TaskStanding.swift", "VaultApplier.swift", "VaultApplierRound.swift",
        "VaultPublisher+Writing.swift",
    ]

    private static let deadlines = Rule(
        "only what waits for the outside world reads the clock that never jumps",
        because: "what is decided by `Deadline` instead of `Surroundings.now` no test can move",
        in: sources,
        planted: [
            SourceFile(
                path: "Sources/Authentication/X.swift", text: "if Deadline.now > end { return }"),
            SourceFile(
                path: "Sources/Gateway/X.swift", text: "let end = Deadline.after(milliseconds: 1)"),
            SourceFile(path: "Sources/Gateway/Requests/RequestContext.swift", text: "\n"),
        ]
    ) { files in
        let users = files.filter { file in
            file.isSwift && !waiting.contains(file.module ?? "") && file.code.holds("Deadline")
        }
        let others = users.filter { !waiters.contains($0.name) }
        let needless = waiters.subtracting(users.map(\.name))
        return others.flatMap { $0.code(holding: ["Deadline"]) }
            + needless.map { Finding(path: $0, line: 1, what: "is listed and needs not be") }
    }

    private static let live = Rule(
        "only the program itself and the log take the live surroundings",
        because: "a service that chooses its own clock cannot be given a simulated one",
        in: sources,
        planted: [
            SourceFile(path: "Sources/Authentication/X.swift", text: "let s = Surroundings.live")
        ]
    ) { file in
        guard file.isSwift, !["Determinism", "Observability", "sluice"].contains(file.module)
        else { return [] }
        return file.code(holding: ["Surroundings.live", "surroundings: .live"])
    }

    private static let chance = Rule(
        "only Determinism makes random bytes",
        because: "the same seed must give the same run, and one place must be right about keys",
        in: sources,
        planted: [
            "Int.random(in: 0..<9)", "names.randomElement()", "deck.shuffled()", "let id = UUID()",
            "var g = SystemRandomNumberGenerator()", "getrandom(p, n, 0)", "getentropy(p, n)",
            "randombytes_buf(p, n)", "RAND_bytes(p, n)", "arc4random()", "let r = random()",
        ].map { SourceFile(path: "Sources/Authentication/X.swift", text: $0) }
    ) { file in
        guard file.isSwift, !file.path.hasPrefix(home) else { return [] }
        return file.code(holding: [
            ".random(in", "randomElement(", "shuffled(", ".shuffle(", "UUID()",
            "SystemRandomNumberGenerator", "getrandom", "getentropy", "randombytes", "RAND_bytes",
            "arc4random", " random()", "rand()", "/dev/urandom", "/dev/random",
        ])
    }
}
