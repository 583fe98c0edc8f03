/// What the command line of `sluice manager` asks for.
struct ManagerOptions: Hashable, Sendable {
    static let intervals = 1...86_400

    /// Runs each task once and ends, instead of following and charging.
    var once = false
    /// The only task to run; nil for all.
    var task: String?
    /// Between runs of the tasks that come every few minutes; nil for their own.
    var cycleSeconds: Int?
}
