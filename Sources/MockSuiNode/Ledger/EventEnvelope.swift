import ByteCodecs
import SuiProtocol

/// BCS of Sui's `Event`: the module that was called, the sender, the type and the contents.
struct EventEnvelope {
    let type: StructTag
    let fields: MoveData.Fields
    let callee: (package: SuiAddress, module: MoveIdentifier)
    let sender: SuiAddress

    init(_ event: LedgerEvent, sender: SuiAddress) {
        (type, fields, callee) = (event.type, event.fields, event.callee)
        self.sender = sender
    }

    init(_ event: PendingEvent, sender: SuiAddress) {
        (type, fields, callee) = (event.type, event.fields, event.callee)
        self.sender = sender
    }

    func write(to writer: inout BCSWriter) {
        writer.value(callee.package)
        writer.value(callee.module)
        writer.value(sender)
        writer.value(type)
        writer.byteVector(MoveData.bcs(of: fields))
    }

    /// - Returns: nil for no events.
    static func digest(of events: [EventEnvelope]) -> EventsDigest? {
        guard !events.isEmpty else { return nil }
        var writer = BCSWriter()
        writer.vector(events) { $1.write(to: &$0) }
        return EventsDigest(hashing: writer.bytes)
    }
}
