import Storage
import TestSupport
import Testing

extension BillingWorld {
    /// From now on a statement that writes to the table fails, in the middle of its transaction.
    func refuse(_ table: String) async throws {
        try await store.run(
            """
            CREATE OR REPLACE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
            CREATE TRIGGER refused BEFORE INSERT OR UPDATE ON \(table)
                FOR EACH ROW EXECUTE FUNCTION refused()
            """)
    }

    func accept(_ table: String) async throws {
        try await store.run("DROP TRIGGER refused ON \(table)")
    }

    /// Keeps the locks of a statement until it is released.
    func hold(_ statement: SQL) async throws -> HeldLocks {
        let held = HeldLocks()
        let database = database
        Task {
            try await database.transaction { transaction throws(StorageError) in
                try await transaction.execute(statement)
                await held.keep()
            }
            await held.end()
        }
        await held.untilTaken()
        return held
    }
}

/// Locks of a transaction that waits to be let go.
actor HeldLocks {
    private var taken: CheckedContinuation<Void, Never>?
    private var kept: CheckedContinuation<Void, Never>?
    private var ended: CheckedContinuation<Void, Never>?
    private var isTaken = false

    func keep() async {
        isTaken = true
        taken?.resume()
        await withCheckedContinuation { kept = $0 }
    }

    func untilTaken() async {
        if !isTaken { await withCheckedContinuation { taken = $0 } }
    }

    func end() { ended?.resume() }

    /// Returns once the transaction is over.
    func release() async {
        await withCheckedContinuation { continuation in
            ended = continuation
            kept?.resume()
        }
    }
}
