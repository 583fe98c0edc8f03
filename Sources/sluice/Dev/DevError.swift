/// Why the development stack could not be started, in words for the person who started it.
struct DevError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ error: ProcessError) {
        description = error.description
    }
}
