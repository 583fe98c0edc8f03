import Authentication

/// A piece of the list of sessions.
struct SessionPage {
    let items: [Session]
    /// The last one shown, when more follow.
    let next: ListCursor?

    /// - Parameter sessions: newest first, and one more than `limit` where more exist.
    init(_ sessions: [Session], limit: Int) {
        items = Array(sessions.prefix(limit))
        next = sessions.count > limit ? items.last.map(ListCursor.init) : nil
    }
}
