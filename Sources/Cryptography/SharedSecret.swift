/// One secret with several owners; wiped when the last of them ends.
public final class SharedSecret: Sendable {
    public let bytes: SecretBytes

    public init(_ bytes: consuming SecretBytes) {
        self.bytes = bytes
    }
}
