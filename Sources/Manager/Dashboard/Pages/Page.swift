import ByteCodecs

/// One page of the dashboard, before it becomes HTML or JSON: both say the same.
struct Page: Sendable {
    let title: String
    /// One sentence on what is to be seen.
    var lead: String?
    var sections: [PageSection] = []
    /// Shown above everything, as what an action did.
    var notice: String?

    /// Whether all of it could be read.
    var isWhole: Bool {
        sections.allSatisfy { section in
            if case .failed = section { false } else { true }
        }
    }
}

/// A part of a page. `id` names it in JSON.
enum PageSection: Sendable {
    case facts(id: String, title: String, [PageFact])
    case table(PageTable)
    case chart(PageChart)
    /// What could not be read, with words on why; not the same as nothing.
    case failed(id: String, title: String, words: String)
    /// A form that only asks for another view: `GET`, no secret in it.
    case search(PageSearch)

    var id: String {
        switch self {
        case .facts(let id, _, _): id
        case .table(let table): table.id
        case .chart(let chart): chart.id
        case .failed(let id, _, _): id
        case .search(let search): search.id
        }
    }
}

/// A name with a value.
struct PageFact: Sendable {
    let id: String
    let label: String
    let value: JSONValue
    var format = PageFormat.text
    var href: String?
}

/// How a value is shown to a person; JSON has it as it is.
enum PageFormat: Sendable {
    case text
    /// A count: thousands apart, at the right.
    case number
    /// RFC 3339 in UTC.
    case time
    /// Micro-USDC.
    case amount
    /// Milliseconds.
    case duration
    /// A word whose meaning has a colour.
    case state
    /// Long, as a digest or an id: shown in a fixed width.
    case code
    /// An object, as `name: value` pairs.
    case details
}

/// Rows of the same kind.
struct PageTable: Sendable {
    struct Column: Sendable {
        /// The member of each row.
        let id: String
        let label: String
        var format = PageFormat.text
        /// Where a value leads: this, and the value.
        var link: String?
    }

    /// What can be done with a row: leads to a page that asks for confirmation.
    struct RowAction: Sendable {
        let label: String
        let action: AdminAction
        /// The action's fields, each with the row's member that fills it. Where a row has not all
        /// of them, it is not offered.
        let fields: [(name: String, member: String)]

        init(label: String, action: AdminAction, field: String, member: String) {
            self.init(label: label, action: action, fields: [(field, member)])
        }

        init(label: String, action: AdminAction, fields: [(name: String, member: String)]) {
            self.label = label
            self.action = action
            self.fields = fields
        }
    }

    let id: String
    let title: String
    var note: String?
    let columns: [Column]
    /// Objects.
    let rows: [JSONValue]
    var actions: [RowAction] = []
    /// What is said where there is no row.
    var empty = "Nothing."
    /// Leads to the rows that follow; nil at the end.
    var next: String?
    /// There are more rows than are shown, whether something leads to them or not.
    var isCut = false
}

/// Bars, the oldest first.
struct PageChart: Sendable {
    struct Bar: Sendable {
        let label: String
        let value: Int64
        /// Drawn in the colour of trouble.
        var isBad = false
    }

    let id: String
    let title: String
    /// What is counted, as `lines an hour`.
    let unit: String
    let bars: [Bar]
}

/// Fields that choose what a page shows.
struct PageSearch: Sendable {
    struct Field: Sendable {
        let name: String
        let label: String
        var value: String?
        var placeholder = ""
    }

    let id: String
    let path: String
    let fields: [Field]
}
