import Identifiers
import Storage
import SuiProtocol

/// Reads the chain's events again, and compares them with those that are stored.
struct ChainPass: Sendable {
    let transaction: Transaction
    let reader: WindowReader
    /// Nil for all.
    let accounts: [AccountID]?
    let known: Set<AccountID>
    let operators: Set<ObjectID>
    let findings: Findings

    /// A range of checkpoints, all of them booked.
    func run(_ range: ClosedRange<Int64>) async throws(ReconciliationError) {
        let ahead = WindowsAhead(reader, range)
        defer { ahead.stop() }
        while let window = try await next(of: ahead) {
            guard !Task.isCancelled else { throw .node(.node(.unavailable)) }
            let stored: [StoredEvent]
            do {
                stored = try await transaction.events(
                    in: window.first...window.last, accounts: accounts)
            } catch {
                throw .storage(error)
            }
            compare(window.events, stored)
            findings.reached(
                .chain, Int(window.last - range.lowerBound + 1), of: range.count)
        }
        findings.count { $0.chain = range }
    }

    /// The events of one transaction, as a node tells them.
    func run(_ transaction: NodeTransaction) async throws(ReconciliationError) {
        guard let checkpoint = transaction.checkpoint else { return }
        let events = try readEvents(of: transaction, at: checkpoint)
        let stored: [StoredEvent]
        do {
            stored = try await self.transaction.events(
                in: checkpoint...checkpoint, accounts: accounts)
        } catch {
            throw .storage(error)
        }
        compare(events, stored.filter { $0.id.transaction == transaction.digest })
        findings.count { $0.chain = checkpoint...checkpoint }
    }

    private func readEvents(
        of transaction: NodeTransaction, at checkpoint: Int64
    ) throws(ReconciliationError) -> [RawEvent] {
        do throws(FollowerError) {
            return try reader.events(transaction.events, in: checkpoint...checkpoint)
        } catch {
            throw .node(error)
        }
    }

    private func next(
        of windows: WindowsAhead<Void>
    ) async throws(ReconciliationError) -> CheckpointWindow? {
        do throws(FollowerError) {
            return try await windows.next()
        } catch {
            throw .node(error)
        }
    }

    private func compare(_ events: [RawEvent], _ stored: [StoredEvent]) {
        let wanted = accounts.map(Set.init)
        let chain = events.filter { event in
            guard let wanted else { return true }
            return event.account.map(wanted.contains) ?? false
        }
        findings.report(
            ChainComparison(
                chain: chain, stored: stored, isOurs: known.contains, operators: operators
            ).discrepancies, unfitting: Discrepancy.Kind.allCases)
    }
}
