import Determinism
import Identifiers
import Storage
import SuiProtocol

struct EventKeyRow: SQLRow {
    var id: EventID

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        id = EventID(transaction: digest, sequence: try columns.next())
    }
}

struct MarkRow: SQLRow {
    var checkpoint: Int64
    var epoch: Int64

    init(checkpoint: Int64, epoch: Int64) {
        self.checkpoint = checkpoint
        self.epoch = epoch
    }

    init(from columns: inout SQLColumns) throws(StorageError) {
        checkpoint = try columns.next()
        epoch = try columns.next()
    }
}

extension StatementRunner {
    /// How far the follower has booked; nil before it began.
    func followerMark() async throws(StorageError) -> MarkRow? {
        try await first(
            "SELECT checkpoint, epoch FROM processing_state WHERE name = 'follower'")
    }

    /// What an account of the ledger holds: all that came in less all that went out.
    func ledgerBalance(_ account: LedgerAccount) async throws(StorageError) -> Int64 {
        let name = account.description
        return try await value(
            """
            SELECT coalesce(sum(CASE WHEN credit_account = \(name) THEN amount_micro_usdc
                    ELSE -amount_micro_usdc END), 0)::bigint
              FROM ledger_entries WHERE credit_account = \(name) OR debit_account = \(name)
            """) ?? 0
    }
}

extension Transaction {
    /// Keeps everybody else from moving the mark, if the window begins where it stands.
    func holdMark(before window: CheckpointWindow) async throws(StorageError) -> Bool {
        try await execute(
            """
            SELECT 1 FROM processing_state
             WHERE name = 'follower' AND checkpoint = \(window.first - 1) FOR UPDATE
            """) == 1
    }

    /// Moves the mark over the window, if it begins where the last one ended.
    func moveMark(over window: CheckpointWindow, at now: Timestamp) async throws(StorageError)
        -> Bool
    {
        try await execute(
            """
            UPDATE processing_state
               SET checkpoint = \(window.last), epoch = \(window.epoch), updated_at = \(now)
             WHERE name = 'follower' AND checkpoint = \(window.first - 1)
            """) == 1
    }

    /// Where the follower begins: before the package's first checkpoint. It is kept beside the mark
    /// that moves, since what was to be stored begins there, whatever is.
    func beginFollowing(after checkpoint: Int64, epoch: Int64, at now: Timestamp)
        async throws(StorageError)
    {
        try await execute(
            """
            WITH begun AS (
                INSERT INTO processing_state (name, checkpoint, epoch, updated_at)
                VALUES ('follower', \(checkpoint), \(epoch), \(now)) ON CONFLICT DO NOTHING
                RETURNING checkpoint, epoch, updated_at)
            INSERT INTO processing_state (name, checkpoint, epoch, updated_at)
            SELECT 'follower_start', checkpoint, epoch, updated_at FROM begun
            """)
    }

    func knownEvents(of digests: [TransactionDigest]) async throws(StorageError) -> Set<EventID> {
        let rows: [EventKeyRow] = try await rows(
            """
            SELECT digest, event_seq FROM escrow_transactions
             WHERE digest = ANY(\(digests.map(\.bytes)))
            """)
        return Set(rows.map(\.id))
    }

    /// Every operation that the events could be about: those signed on the accounts, those that
    /// references name, and those for the same obligations.
    ///
    /// Each arm has its own index, so that neither history nor a long queue costs anything.
    ///
    /// - Parameter isWhole: with all that is only planned on the accounts, which matters where one
    ///   of them is frozen.
    func records(
        on accounts: [AccountID], references: [ChargeReference], isWhole: Bool = true
    ) async throws(StorageError) -> [ChargeRecord] {
        let ids = references.compactMap { UUIDv7(bytes: $0.chargeID) }.map {
            SQLUUID(bytes: $0.bytes)
        }
        let accounts = accounts.map(\.bytes)
        let planned: SQL =
            isWhole
            ? """
            UNION SELECT charge_id FROM charges
                   WHERE account_id = ANY(\(accounts)) AND state = 'planned'
            """ : ""
        let rows: [ChargeRow] = try await rows(
            """
            SELECT \(sql: ChargeRow.columns) FROM charges AS c WHERE c.charge_id IN (
                SELECT charge_id FROM charges
                 WHERE account_id = ANY(\(accounts)) AND state = 'signed'
                UNION SELECT unnest(\(ids))
                UNION SELECT charge_id FROM charges
                       WHERE obligation_mark = ANY(\(references.map(\.mark)))
                \(sql: planned))
            """)
        let records = rows.map(\.record)
        let known = Set(records.map(\.reference))
        let lost = references.filter { !known.contains($0) }
        guard !lost.isEmpty else { return records }
        return try await records + sharers(of: lost.map(\.mark), butOf: records.map(\.id))
    }

    /// Charges without end or settled, of whatever service, for an invoice that operations with
    /// these marks name.
    private func sharers(
        of marks: [[UInt8]], butOf known: [ChargeID]
    ) async throws(StorageError) -> [ChargeRecord] {
        let rows: [ChargeRow] = try await rows(
            """
            SELECT \(sql: ChargeRow.columns) FROM charges AS c
             WHERE c.kind = 'charge' AND c.duplicate_of IS NULL
               AND c.state NOT IN ('declined', 'abandoned')
               AND c.invoice_id IN (
                    SELECT k.invoice_id FROM charges AS k WHERE k.obligation_mark = ANY(\(marks)))
               AND c.charge_id <> ALL(\(known.map(\.sqlValue)))
            """)
        return rows.map(\.record)
    }

    func insert(_ events: [RawEvent], booked: Set<EventID>) async throws(StorageError) {
        guard !events.isEmpty else { return }
        let lines = events.map { EventLine($0, isBooked: booked.contains($0.id)) }
        try await execute(
            """
            INSERT INTO escrow_transactions (digest, event_seq, checkpoint, at, account_id, name,
                kind, standing, sequence, amount_micro_usdc, balance_micro_usdc, reference, bcs)
            SELECT e.digest, e.event_seq, e.checkpoint,
                'epoch'::timestamptz + e.at * interval '1 millisecond', NULLIF(e.account, ''),
                e.name, e.kind, e.standing, NULLIF(e.sequence, -1), NULLIF(e.amount, -1),
                NULLIF(e.balance, -1), NULLIF(e.reference, ''), e.bcs
              FROM unnest(\(events.map(\.id.transaction.bytes)), \(events.map(\.id.sequence)),
                    \(events.map(\.checkpoint)), \(events.map(\.at.milliseconds)),
                    \(events.map { $0.account?.bytes ?? [] }), \(events.map(\.name)),
                    \(lines.map(\.kind)), \(lines.map(\.standing)), \(lines.map(\.sequence)),
                    \(lines.map(\.amount)), \(lines.map(\.balance)), \(lines.map(\.reference)),
                    \(events.map(\.bcs)))
                   WITH ORDINALITY AS e (digest, event_seq, checkpoint, at, account, name, kind,
                        standing, sequence, amount, balance, reference, bcs, place)
             ORDER BY e.place
            """)
    }

    func insert(_ entries: [LedgerEntry], at now: Timestamp) async throws(StorageError) {
        guard !entries.isEmpty else { return }
        let none = [UInt8](repeating: 0, count: 16)
        let causes = entries.map { entry -> (digest: [UInt8], event: Int64, leg: Int64) in
            switch entry.cause {
            case .decision: ([], -1, -1)
            case .event(let id, let leg): (id.transaction.bytes, id.sequence, leg)
            }
        }
        try await execute(
            """
            INSERT INTO ledger_entries (at, purpose, account_id, charge_id, debit_account,
                credit_account, amount_micro_usdc, digest, event_seq, leg)
            SELECT \(now), e.purpose, e.account, NULLIF(e.charge, \(SQLUUID(bytes: none))), e.debit,
                e.credit, e.amount, NULLIF(e.digest, ''), NULLIF(e.event_seq, -1),
                NULLIF(e.leg, -1)
              FROM unnest(\(entries.map(\.purpose.rawValue)), \(entries.map(\.account.bytes)),
                    \(entries.map { SQLUUID(bytes: $0.charge?.uuid.bytes ?? none) }),
                    \(entries.map(\.debit.description)), \(entries.map(\.credit.description)),
                    \(entries.map(\.amount.units)), \(causes.map(\.digest)),
                    \(causes.map(\.event)), \(causes.map(\.leg)))
                   WITH ORDINALITY AS e (purpose, account, charge, debit, credit, amount, digest,
                        event_seq, leg, place)
             ORDER BY e.place
            """)
    }

    func insert(_ breaks: [Break], at now: Timestamp) async throws(StorageError) {
        guard !breaks.isEmpty else { return }
        try await execute(
            """
            INSERT INTO escrow_breaks (class, account_id, digest, event_seq, raised_at)
            SELECT b.class, b.account, b.digest, b.event_seq, \(now)
              FROM unnest(\(breaks.map(\.what.rawValue)), \(breaks.map(\.account.bytes)),
                    \(breaks.map(\.event.transaction.bytes)), \(breaks.map(\.event.sequence)))
                   AS b (class, account, digest, event_seq)
            ON CONFLICT DO NOTHING
            """)
    }

    /// Ends operations as the events said.
    func end(
        _ records: [ChargeRecord], sequences: [EventID: (sequence: Int64, checkpoint: Int64)],
        at now: Timestamp
    ) async throws(StorageError) -> Int {
        guard !records.isEmpty else { return 0 }
        let lines = records.map { OutcomeLine($0.charge.state, sequences) }
        return try await execute(
            """
            UPDATE charges AS c
               SET state = o.state, decline_reason = NULLIF(o.decline, 0),
                   abandon_reason = NULLIF(o.abandon, ''), outcome_digest = NULLIF(o.digest, ''),
                   outcome_event_seq = NULLIF(o.event_seq, -1),
                   outcome_sequence = NULLIF(o.sequence, -1),
                   outcome_checkpoint = NULLIF(o.checkpoint, -1), ended_at = \(now)
              FROM unnest(\(records.map(\.id.sqlValue)), \(lines.map(\.state)),
                    \(lines.map(\.decline)), \(lines.map(\.abandon)), \(lines.map(\.digest)),
                    \(lines.map(\.event)), \(lines.map(\.sequence)), \(lines.map(\.checkpoint)))
                   AS o (id, state, decline, abandon, digest, event_seq, sequence, checkpoint)
             WHERE c.charge_id = o.id AND c.state IN ('planned', 'signed')
            """)
    }

    /// Writes an operation that only the chain remembers.
    func insert(_ adoption: Adoption, at now: Timestamp) async throws(StorageError) {
        let record = adoption.record
        let line = OutcomeLine(
            record.charge.state,
            [adoption.event.id: (adoption.sequence, adoption.event.checkpoint)])
        try await execute(
            """
            INSERT INTO charges (charge_id, kind, state, customer_id, account_id,
                amount_micro_usdc, reference, obligation_mark, service, invoice_id, refund_of,
                description, duplicate_of, is_adopted, decline_reason, outcome_digest, outcome_event_seq, outcome_sequence,
                outcome_checkpoint, planned_at, ended_at)
            SELECT \(record.id.sqlValue), \(record.charge.kind.rawValue), \(line.state),
                (SELECT customer_id FROM customers AS c WHERE c.wallet_address = a.owner),
                a.account_id, \(record.amount.units), \(record.reference.bytes),
                \(record.reference.mark), k.service, k.invoice_id, k.refund_of, k.description,
                \(adoption.duplicates?.sqlValue), true, NULLIF(\(line.decline), 0), \(line.digest), \(line.event), \(line.sequence),
                \(line.checkpoint), \(now), \(now)
              FROM escrow_accounts AS a
              LEFT JOIN charges AS k ON k.charge_id = \(adoption.kin?.sqlValue)
             WHERE a.account_id = \(record.account.bytes)
            """)
    }
}

/// An event as columns; -1 and empty where there is nothing.
private struct EventLine {
    var kind: String
    var standing: String
    var sequence: Int64 = -1
    var amount: Int64 = -1
    var balance: Int64 = -1
    var reference: [UInt8] = []

    init(_ event: RawEvent, isBooked: Bool) {
        kind = "unreadable"
        standing = isBooked ? "booked" : event.fact == nil ? "unreadable" : "foreign"
        switch event.fact {
        case nil: break
        case .opened: kind = "opened"
        case .deposited(let amount, let after): set("deposited", amount, after)
        case .withdrawn(let amount, let after): set("withdrawn", amount, after)
        case .limitChanged(_, let limit): set("limit_changed", limit, nil)
        case .charged(let operation, let amount, let after, _, _):
            set("charged", amount, after, operation)
        case .declined(let operation, let amount, _, let balance, _):
            set("declined", amount, balance, operation)
        case .declinedAsStale(let operation, let amount, let balance):
            set("stale", amount, balance, operation)
        case .cancelled(let operation): set("cancelled", nil, nil, operation)
        case .refunded(let operation, let amount, let after):
            set("refunded", amount, after, operation)
        }
    }

    private mutating func set(
        _ kind: String, _ amount: MicroUSDC?, _ balance: MicroUSDC?,
        _ operation: AccountFact.Operation? = nil
    ) {
        self.kind = kind
        self.amount = amount?.units ?? -1
        self.balance = balance?.units ?? -1
        sequence = operation?.sequence ?? -1
        reference = operation?.reference ?? []
    }
}

/// How an operation ended as columns; -1, 0 and empty where there is nothing.
private struct OutcomeLine {
    var state: String
    var decline: Int64 = 0
    var abandon = ""
    var digest: [UInt8] = []
    var event: Int64 = -1
    var sequence: Int64 = -1
    var checkpoint: Int64 = -1

    init(
        _ state: Charge.State, _ sequences: [EventID: (sequence: Int64, checkpoint: Int64)]
    ) {
        self.state = state.name.rawValue
        switch state {
        case .planned, .signed: break
        case .settled(let event): set(event, sequences)
        case .declined(let cause, let event):
            decline = cause.rawValue
            set(event, sequences)
        case .abandoned(let cause):
            abandon = cause.name.rawValue
            switch cause {
            case .withdrawn, .accountFrozen, .superseded: break
            case .cancelled(let event), .displaced(let event): set(event, sequences)
            }
        }
    }

    private mutating func set(
        _ id: EventID, _ sequences: [EventID: (sequence: Int64, checkpoint: Int64)]
    ) {
        digest = id.transaction.bytes
        event = id.sequence
        sequence = sequences[id]?.sequence ?? 0
        checkpoint = sequences[id]?.checkpoint ?? 0
    }
}
