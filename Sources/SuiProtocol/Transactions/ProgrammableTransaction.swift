public import ByteCodecs

/// Inputs, and commands over them: what a user's transaction does.
public struct ProgrammableTransaction: Hashable, Sendable, BCSCodable {
    public let inputs: [TransactionInput]
    public let commands: [TransactionCommand]

    public init(inputs: [TransactionInput], commands: [TransactionCommand]) {
        self.inputs = inputs
        self.commands = commands
    }

    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        self.init(inputs: try reader.values(), commands: try reader.values())
    }

    public func write(to writer: inout BCSWriter) {
        writer.values(inputs)
        writer.values(commands)
    }
}
