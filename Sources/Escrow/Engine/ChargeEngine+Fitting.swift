import Determinism
import Identifiers
import Observability
import SuiProtocol
import Synchronization

/// Whether a database from before fits the chain, as a whole reconciliation finds.
enum Fitting: Hashable, Sendable {
    case unknown
    /// With what the look before found, which is true until this one says otherwise.
    case looking(before: String?)
    case fits
    /// It is looked at again then.
    case misfits(why: String, until: Timestamp)
}

extension ReconciliationSummary {
    /// Why a database that finds this is not charged from; nil where nothing speaks against it.
    var misfit: String? {
        let counts = Discrepancy.Kind.decisive.compactMap { kind in
            found[kind].map { "\($0) \(kind.rawValue)" }
        }
        guard counts.isEmpty else {
            return "reconciliation finds \(counts.joined(separator: ", ")): see 'sluice reconcile'"
        }
        return unread == 0
            ? nil : "reconciliation could not read \(unread) checkpoints that are booked"
    }
}

extension ChargeEngine {
    /// Of what one look finds; all of it is told by `sluice reconcile`.
    private static let loggedDiscrepancies = 20

    /// Why nothing may be signed; nil once the whole database was found to fit the chain.
    ///
    /// It is looked at beside the turns, as that may take minutes.
    func misfit(as leader: Generation) -> String? {
        switch fitting {
        case .fits: return nil
        case .misfits(let why, let until) where surroundings.now() < until: return why
        case .misfits(let why, _): reconcile(as: leader, after: why)
        case .unknown: reconcile(as: leader, after: nil)
        case .looking: break
        }
        guard case .looking(let before?) = fitting else {
            return "reconciliation with the chain is under way"
        }
        return before
    }

    private func reconcile(as leader: Generation, after before: String?) {
        fitting = .looking(before: before)
        let start = surroundings.now()
        looking = Task { [restoreGuard, logger] in
            let left = Mutex(Self.loggedDiscrepancies)
            do throws(ReconciliationError) {
                let summary = try await restoreGuard.reconciliation.run(as: leader) { discrepancy in
                    let isLogged = left.withLock { left in
                        left -= 1
                        return left >= 0
                    }
                    if isLogged { Self.log(discrepancy, logger) }
                }
                note(summary.misfit, since: start, as: leader)
            } catch {
                note("reconciliation is not possible: \(error)", since: start, as: leader)
            }
        }
    }

    private static func log(_ discrepancy: Discrepancy, _ logger: Logger) {
        logger.error(
            "the database does not fit the chain", ("class", .text(discrepancy.kind.rawValue)),
            ("what", .text(discrepancy.what)),
            ("account", .text(discrepancy.account?.description ?? "")),
            ("digest", .text(discrepancy.event?.transaction.description ?? "")))
    }

    /// - Parameter why: nil where it fits.
    private func note(_ why: String?, since start: Timestamp, as leader: Generation) {
        guard judged == leader, case .looking = fitting else { return }
        guard let why else {
            fitting = .fits
            return
        }
        let now = surroundings.now()
        let spent = now.milliseconds - start.milliseconds
        fitting = .misfits(
            why: why, until: now.adding(milliseconds: max(settings.refitMilliseconds, spent)))
    }
}
