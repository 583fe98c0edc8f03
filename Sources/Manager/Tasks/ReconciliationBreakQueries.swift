import Determinism
import Escrow
import Identifiers
import Storage
import SuiProtocol

extension Discrepancy {
    /// Tells it from others, run after run; figures are not in it.
    var mark: String {
        [
            kind.rawValue, what, account?.description ?? "", event?.transaction.description ?? "",
            event.map { String($0.sequence) } ?? "", charge?.description ?? "",
        ].joined(separator: "|")
    }
}

extension Transaction {
    /// Each stands once for as long as it goes on: found again, it tells the newest figures.
    func storeBreaks(
        _ breaks: ArraySlice<Discrepancy>, at now: Timestamp
    ) async throws(StorageError) {
        // One statement may not touch a row twice.
        var named: [String: Discrepancy] = [:]
        for one in breaks { named[one.mark] = one }
        let list = named.sorted { $0.key < $1.key }
        try await execute(
            """
            INSERT INTO reconciliation_breaks (mark, class, what, account, digest, event_seq,
                charge, expected, found, next_step, first_found_at, last_found_at)
            SELECT mark, class, what, nullif(account, ''), nullif(digest, ''),
                nullif(event_seq, '')::bigint, nullif(charge, ''), nullif(expected, ''),
                nullif(found, ''), next_step, \(now), \(now)
              FROM unnest(\(list.map(\.key)), \(list.map(\.value.kind.rawValue)),
                  \(list.map(\.value.what)), \(list.map { $0.value.account?.description ?? "" }),
                  \(list.map { $0.value.event?.transaction.description ?? "" }),
                  \(list.map { $0.value.event.map { String($0.sequence) } ?? "" }),
                  \(list.map { $0.value.charge?.description ?? "" }),
                  \(list.map { $0.value.expected ?? "" }), \(list.map { $0.value.found ?? "" }),
                  \(list.map(\.value.nextStep)))
                  AS t (mark, class, what, account, digest, event_seq, charge, expected, found,
                      next_step)
                ON CONFLICT (mark) WHERE resolved_at IS NULL DO UPDATE
               SET expected = excluded.expected, found = excluded.found,
                   next_step = excluded.next_step, last_found_at = excluded.last_found_at
            """)
    }

    /// What was not found again is over.
    func resolveBreaks(foundBefore now: Timestamp) async throws(StorageError) {
        try await execute(
            """
            UPDATE reconciliation_breaks SET resolved_at = greatest(\(now), last_found_at)
             WHERE resolved_at IS NULL AND last_found_at < \(now)
            """)
    }
}
