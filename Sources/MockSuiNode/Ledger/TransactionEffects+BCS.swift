import ByteCodecs
import SuiProtocol

/// BCS of `TransactionEffects`, version 2. Source: `Docs/Sources.md#effects`.
///
/// Changes of address balances, which the network writes as accumulators, are left out.
extension TransactionEffects {
    func bcs(of digest: TransactionDigest, events: EventsDigest?) -> [UInt8] {
        var writer = BCSWriter()
        writer.uleb128(1)
        if let failure { failure.write(to: &writer) } else { writer.uleb128(0) }
        writer.u64(epoch)
        for cost in [gas.computation, gas.storage, gas.rebate, gas.nonRefundable] {
            writer.u64(cost)
        }
        writer.value(digest)
        let place = gasObject.flatMap { id in changes.firstIndex { $0.id == id } }
        writer.option(place) { $0.u32(UInt32($1)) }
        writer.option(events) { $0.value($1) }
        writer.values(dependencies)
        writer.u64(lamportVersion)
        writer.vector(changes) { $1.write(to: &$0) }
        writer.vector(unchanged) { writer, object in
            writer.value(object.id)
            writer.uleb128(0)  // Read only.
            writer.u64(object.version)
            writer.value(object.digest)
        }
        writer.bool(false)  // No digest of further data.
        return writer.bytes
    }

    /// The transactions that made what this one used, each once, in the order of their bytes.
    private var dependencies: [TransactionDigest] {
        let used = changes.compactMap(\.before) + unchanged
        return Set(used.map(\.previousTransaction))
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }
}

extension TransactionEffects.Change {
    fileprivate func write(to writer: inout BCSWriter) {
        writer.value(id)
        writer.uleb128(before == nil ? 0 : 1)
        if let before {
            writer.u64(before.version)
            writer.value(before.digest)
            before.owner.write(to: &writer)
        }
        writer.uleb128(after == nil ? 0 : 1)
        if let after {
            writer.value(after.digest)
            after.owner.write(to: &writer)
        }
        writer.uleb128(before == nil ? 1 : after == nil ? 2 : 0)
    }
}
