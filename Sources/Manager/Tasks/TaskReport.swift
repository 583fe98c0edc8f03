/// What one run of a task did.
public struct TaskReport: Hashable, Sendable {
    /// By name, as `invoices_closed`; added up over runs. All zero: there was nothing to do.
    public var counts: [String: Int64]
    /// A stable code, as `breaks_found`, where the run was done and somebody has to look at what it
    /// came upon.
    public var finding: String?
    /// What goes with the code, in words; no secret.
    public var detail: String?

    public init(_ counts: [String: Int64] = [:], finding: String? = nil, detail: String? = nil) {
        self.counts = counts
        self.finding = finding
        self.detail = detail
    }

    /// There was nothing to do.
    public static let idle = TaskReport()

    var isIdle: Bool { finding == nil && counts.values.allSatisfy { $0 == 0 } }

    var counted: [String: Int64] { counts.filter { $0.value != 0 } }
}
