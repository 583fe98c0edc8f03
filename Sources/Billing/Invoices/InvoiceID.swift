public import Determinism
public import Identifiers

/// An invoice, as charges, tables and commands name it.
public struct InvoiceID: Hashable, Sendable, CustomStringConvertible {
    public let uuid: UUIDv7

    public init(_ uuid: UUIDv7) { self.uuid = uuid }

    public init(from surroundings: Surroundings) { uuid = UUIDv7(from: surroundings) }

    public init?(_ text: String) {
        guard let uuid = UUIDv7(text) else { return nil }
        self.uuid = uuid
    }

    public var description: String { uuid.description }
}
