import Authentication
import Identifiers

/// A piece of the list of sessions.
struct SessionPage {
    let items: [Session]
    /// The last one shown, when more follow.
    let next: ListCursor?

    init(of sessions: [Session], limit: Int, after cursor: ListCursor?) {
        let sorted = sessions.map { (session: $0, place: Self.place(of: $0)) }
            .sorted { $1.place.isBehind($0.place) }
        let behind = sorted.filter { each in cursor.map { each.place.isBehind($0) } ?? true }
        let page = behind.prefix(limit)
        items = page.map(\.session)
        next = behind.count > limit ? page.last?.place : nil
    }

    private static func place(of session: Session) -> ListCursor {
        ListCursor(moment: session.createdAt, id: session.id.uuid)
    }
}
