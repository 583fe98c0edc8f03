import SuiProtocol

extension NodeCore {
    /// What a transaction would do.
    struct Simulation {
        let digest: TransactionDigest
        let bytes: [UInt8]
        let sender: SuiAddress
        let effects: TransactionEffects
        let events: [PendingEvent]
    }

    func simulate(_ bytes: [UInt8]) throws(TransactionRefusal) -> Simulation {
        let data = try ledger.read(bytes)
        try ledger.check(data)
        let digest = TransactionDigest(hashing: bytes)
        var present = ledger
        present.now = max(present.now, now)
        let outcome = present.evaluate(data, digest: digest)
        return Simulation(
            digest: digest, bytes: bytes, sender: data.sender, effects: outcome.effects,
            events: outcome.events)
    }
}
