/// Which pages there are.
enum DashboardPages {
    typealias Make = @Sendable (PageMaker, FormFields) async -> Page

    /// In the order of the menu.
    static let menu: [(path: String, label: String)] = all.map { ($0.path, $0.label) }

    private static let all: [(path: String, label: String, make: Make)] = [
        ("/", "Health", { maker, _ in await maker.health() }),
        ("/runs", "Runs", { maker, _ in await maker.runs() }),
        ("/chain", "Chain", { maker, _ in await maker.chain() }),
        ("/charges", "Charges", { maker, _ in await maker.charges() }),
        ("/metering", "Metering", { maker, _ in await maker.metering() }),
        ("/quarantine", "Quarantine", { maker, _ in await maker.quarantine() }),
        ("/invoices", "Invoices", { maker, fields in await maker.invoices(fields) }),
        ("/services", "Services", { maker, fields in await maker.services(fields) }),
        ("/vault", "Vault", { maker, _ in await maker.vault() }),
        ("/breaks", "Breaks", { maker, _ in await maker.breaks() }),
        ("/approvals", "Approvals", { maker, _ in await maker.approvals() }),
        ("/audit", "Audit", { maker, fields in await maker.audit(fields) }),
    ]

    static func make(_ path: String) -> Make? { all.first { $0.path == path }?.make }
}
