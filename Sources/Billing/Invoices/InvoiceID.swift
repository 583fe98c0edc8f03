public import Identifiers

/// An invoice, as charges, tables and commands name it.
public struct InvoiceID: TimedIdentifier {
    public let uuid: UUIDv7

    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}
