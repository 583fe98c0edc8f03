/// What the doctor found out about one part.
struct Examination: Equatable, Sendable {
    enum State: String, Sendable {
        case fine
        /// Works, but an operator should know.
        case warning
        case failed
        /// Could not be looked at, because of another failure.
        case skipped
    }

    let part: String
    let state: State
    let detail: String

    static func fine(_ part: String, _ detail: String) -> Self {
        Self(part: part, state: .fine, detail: detail)
    }

    static func warning(_ part: String, _ detail: String) -> Self {
        Self(part: part, state: .warning, detail: detail)
    }

    static func failed(_ part: String, _ detail: String) -> Self {
        Self(part: part, state: .failed, detail: detail)
    }

    static func skipped(_ part: String, _ detail: String) -> Self {
        Self(part: part, state: .skipped, detail: detail)
    }
}
