/// A text that may hold a password or a provider's key, such as a database's URL. It prints as a
/// mask, so that no log line or error shows it by accident.
struct ConfidentialText: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    var description: String { MaskedURL.mask }
    var customMirror: Mirror { Mirror(self, children: []) }
}
