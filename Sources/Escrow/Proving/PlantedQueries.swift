#if FAIL_POINTS
    import Identifiers
    import Storage
    import SuiProtocol

    extension Database {
        func settleFromAnswer(of digest: TransactionDigest) async throws(StorageError) {
            try await execute(
                """
                UPDATE charges AS c
                   SET state = 'settled', outcome_digest = t.digest, outcome_event_seq = t.place,
                       outcome_sequence = c.sequence, outcome_checkpoint = 0, ended_at = now()
                  FROM charge_attempts AS t
                 WHERE t.digest = \(digest.bytes) AND t.charge_id = c.charge_id
                   AND c.kind = 'charge' AND c.state = 'signed'
                """)
        }

        func giveUp(_ digest: TransactionDigest) async throws(StorageError) {
            try await execute(
                """
                WITH gone AS (
                    UPDATE charges AS c
                       SET state = 'abandoned', abandon_reason = 'cancelled',
                           outcome_digest = t.digest, outcome_event_seq = t.place,
                           outcome_sequence = c.sequence, outcome_checkpoint = 0, ended_at = now()
                      FROM charge_attempts AS t
                     WHERE t.digest = \(digest.bytes) AND t.charge_id = c.charge_id
                       AND c.kind = 'charge' AND c.state = 'signed'
                    RETURNING c.charge_id, c.account_id, c.amount_micro_usdc
                ), freed AS (
                    UPDATE escrow_accounts AS a
                       SET held_micro_usdc = held_micro_usdc - g.amount_micro_usdc
                      FROM gone AS g WHERE a.account_id = g.account_id
                )
                INSERT INTO ledger_entries (at, purpose, account_id, charge_id, debit_account,
                    credit_account, amount_micro_usdc)
                SELECT now(), 'release', account_id, charge_id,
                    'held/0x' || encode(account_id, 'hex'),
                    'escrow/0x' || encode(account_id, 'hex'), amount_micro_usdc
                  FROM gone
                """)
        }

        func refundAnew(_ digest: TransactionDigest, as new: ChargeID) async throws(StorageError) {
            let id = SQLUUID(bytes: new.uuid.bytes)
            try await execute(
                """
                INSERT INTO charges (charge_id, kind, customer_id, account_id, amount_micro_usdc,
                    reference, obligation_mark, service, refund_of, planned_at)
                SELECT \(id), 'refund', c.customer_id, c.account_id, c.amount_micro_usdc,
                    uuid_send(\(id)) || uuid_send(\(id)), uuid_send(\(id)), c.service,
                    c.refund_of, now()
                  FROM charges AS c JOIN charge_attempts AS t USING (charge_id)
                 WHERE t.digest = \(digest.bytes) AND c.kind = 'refund' AND c.state = 'signed'
                """)
        }
    }
#endif
