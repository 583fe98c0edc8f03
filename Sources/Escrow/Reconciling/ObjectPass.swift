import Identifiers
import Storage
import SuiProtocol

/// Compares mirrors with the accounts' objects on chain.
///
/// The two are read at different moments. A difference counts only when it is the same twice, with
/// the follower at the tip each time and nothing booked in between; whatever keeps changing is
/// said to be moving.
struct ObjectPass: Sendable {
    private static let pageSize = 50
    private static let rounds = 6
    private static let pauseMilliseconds = 400

    let database: Database
    let node: any SuiNode
    let contracts: [EscrowContract]
    let operators: Set<ObjectID>
    /// Nil for all.
    let accounts: [AccountID]?
    let findings: Findings

    private struct Sight: Equatable {
        var mirror: AccountMirror
        var object: NodeObject?
    }

    func run(count: Int) async throws(ReconciliationError) {
        var last: AccountID?
        var done = 0
        while true {
            let page = try await mirrors(after: last, among: accounts)
            guard let end = page.last else { break }
            last = end.id
            try await compare(page)
            done += page.count
            findings.reached(.objects, done, of: count)
        }
        findings.count { [done] in $0.objects += done }
    }

    private func compare(_ page: [AccountMirror]) async throws(ReconciliationError) {
        var open = try await look(at: page).filter { !discrepancies($0).isEmpty }
        for round in 1...Self.rounds where !open.isEmpty {
            if round > 1 { try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds)) }
            let before = Dictionary(uniqueKeysWithValues: open.map { ($0.mirror.id, $0) })
            let isAtTip = try await isFollowerAtTip()
            let again = try await look(
                at: try await mirrors(after: nil, among: open.map(\.mirror.id)))
            open = again.filter { !discrepancies($0).isEmpty }
            guard isAtTip, round > 1 else { continue }
            let settled = open.filter { before[$0.mirror.id] == $0 }
            for sight in settled { findings.report(discrepancies(sight)) }
            open.removeAll { settled.contains($0) }
        }
        findings.count { [open] in $0.moving += open.count }
    }

    private func discrepancies(_ sight: Sight) -> [Discrepancy] {
        ObjectComparison(
            mirror: sight.mirror, object: sight.object, types: contracts.map(\.accountType),
            operators: operators
        ).discrepancies
    }

    private func look(at mirrors: [AccountMirror]) async throws(ReconciliationError) -> [Sight] {
        let ids = mirrors.compactMap { try? ObjectID(bytes: $0.id.bytes) }
        do throws(SuiNodeError) {
            let objects = try await node.objects(ids)
            return mirrors.map { mirror in
                let id = try? ObjectID(bytes: mirror.id.bytes)
                return Sight(mirror: mirror, object: id.flatMap { objects[$0] })
            }
        } catch {
            throw .node(.node(error))
        }
    }

    private func isFollowerAtTip() async throws(ReconciliationError) -> Bool {
        let tip: Int64
        do throws(SuiNodeError) {
            tip = try await node.status().tip
        } catch {
            throw .node(.node(error))
        }
        do {
            return try await database.followerMark().map { $0.checkpoint >= tip } ?? false
        } catch {
            throw .storage(error)
        }
    }

    private func mirrors(
        after id: AccountID?, among accounts: [AccountID]?
    ) async throws(ReconciliationError) -> [AccountMirror] {
        do {
            return try await database.mirrors(after: id, among: accounts, limit: Self.pageSize)
                .map(\.mirror)
        } catch {
            throw .storage(error)
        }
    }
}
