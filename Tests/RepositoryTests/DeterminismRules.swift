/// Where clocks and chance may be read.
enum DeterminismRules {
    static let all = [clocks, chance]

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
