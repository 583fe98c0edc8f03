import ByteCodecs

/// A page as a browser gets it: no script, no asset of others.
struct PageHTML {
    /// Who is signed in; nil on the page that asks for it.
    let visitor: Visitor?
    /// The path of the page, to mark it among the others.
    let path: String
    /// Where this page's process stands: `leading` or `standby`.
    let role: String

    func document(_ page: Page) -> [UInt8] {
        let content = HTML(joining: page.sections.map(section))
        return document(
            title: page.title,
            """
            \(html: notice(page.notice))<h1>\(page.title)</h1>
            \(html: page.lead.map { "<p class=\"lead\">\($0)</p>" } ?? .empty)\(html: content)
            """)
    }

    func document(title: String, _ content: HTML) -> [UInt8] {
        let whole: HTML = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) · sluice manager</title>
            <link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,"></head>
            <body>\(html: header)<main>\(html: content)\(html: clock)</main></body></html>

            """
        return Array(whole.text.utf8)
    }

    // MARK: - Around the content

    private var header: HTML {
        guard let visitor else {
            return "<header><a class=\"brand\" href=\"/\">sluice <span>manager</span></a></header>"
        }
        let links = HTML(
            joining: DashboardPages.menu.map { entry in
                entry.path == path
                    ? "<a aria-current=\"page\" href=\"\(entry.path)\">\(entry.label)</a>"
                    : "<a href=\"\(entry.path)\">\(entry.label)</a>"
            })
        return """
            <header><a class="brand" href="/">sluice <span>manager</span></a>
            \(html: badge(role))<form class="who" method="post" action="/logout">
            <input type="hidden" name="csrf" value="\(visitor.csrf)"><span>\(visitor.name)</span>
            <button class="quiet">Sign out</button></form></header><nav>\(html: links)</nav>
            """
    }

    private var clock: HTML { visitor == nil ? .empty : "<p class=\"note\">Times are UTC.</p>" }

    private func notice(_ text: String?) -> HTML {
        text.map { "<p class=\"notice\" role=\"status\">\($0)</p>" } ?? .empty
    }

    private func badge(_ word: String) -> HTML {
        "<span class=\"badge \(html: Self.tone(of: word))\">\(word)</span>"
    }

    // MARK: - Sections

    private func section(_ section: PageSection) -> HTML {
        switch section {
        case .facts(let id, let title, let facts):
            return """
                <section id="\(id)"><h2>\(title)</h2><dl>\(html: HTML(joining: facts.map(fact)))</dl>
                </section>
                """
        case .table(let table): return self.table(table)
        case .chart(let chart):
            return """
                <section id="\(chart.id)"><h2>\(chart.title)</h2>\(html: BarChart.svg(chart))
                </section>
                """
        case .failed(let id, let title, let words):
            return """
                <section id="\(id)"><h2>\(title)</h2><p class="empty">\(words)</p></section>
                """
        case .search(let search): return form(search)
        }
    }

    private func fact(_ fact: PageFact) -> HTML {
        let value = shown(fact.value, fact.format)
        let linked: HTML =
            fact.href.map { "<a href=\"\($0)\">\(html: value)</a>" } ?? value
        return "<div><dt>\(fact.label)</dt><dd>\(html: linked)</dd></div>"
    }

    private func table(_ table: PageTable) -> HTML {
        var head = table.columns.map { column -> HTML in
            column.format.isNumber
                ? "<th class=\"number\">\(column.label)</th>" : "<th>\(column.label)</th>"
        }
        if !table.actions.isEmpty { head.append("<th></th>") }
        let body: HTML =
            table.rows.isEmpty
            ? "<p class=\"empty\">\(table.empty)</p>"
            : """
            <div class="scroll"><table><thead><tr>\(html: HTML(joining: head))</tr></thead>
            <tbody>\(html: HTML(joining: table.rows.map { row($0, of: table) }))</tbody></table></div>
            """
        let note: HTML = table.note.map { "<p class=\"note\">\($0)</p>" } ?? .empty
        let next: HTML = table.next.map { "<p><a href=\"\($0)\">Older →</a></p>" } ?? .empty
        return """
            <section id="\(table.id)"><h2>\(table.title)</h2>\(html: note)\(html: body)\(html: next)
            </section>
            """
    }

    private func row(_ row: JSONValue, of table: PageTable) -> HTML {
        guard case .object(let members) = row else { return .empty }
        var cells = table.columns.map { column -> HTML in
            let value = members[column.id] ?? .null
            let inner = shown(value, column.format)
            let linked: HTML =
                if let link = column.link, value != .null {
                    "<a href=\"\(link)\(PageText.plain(value))\">\(html: inner)</a>"
                } else {
                    inner
                }
            return column.format.isNumber
                ? "<td class=\"number\">\(html: linked)</td>" : "<td>\(html: linked)</td>"
        }
        if !table.actions.isEmpty {
            let links = table.actions.compactMap { action -> HTML? in
                let values = action.fields.compactMap { field -> (name: String, value: String)? in
                    guard let value = members[field.member], value != .null else { return nil }
                    return (field.name, PageText.plain(value))
                }
                guard values.count == action.fields.count else { return nil }
                let query = FormFields.encoded(values)
                return """
                    <a class="button" href="/actions/\(action.action.rawValue)?\(query)">\
                    \(action.label)</a>
                    """
            }
            cells.append("<td class=\"actions\">\(html: HTML(joining: links))</td>")
        }
        return "<tr>\(html: HTML(joining: cells))</tr>"
    }

    private func form(_ search: PageSearch) -> HTML {
        let fields = search.fields.map { field -> HTML in
            """
            <label>\(field.label)<input name="\(field.name)" value="\(field.value ?? "")"
            placeholder="\(field.placeholder)"></label>
            """
        }
        return """
            <form class="search" method="get" action="\(search.path)">
            \(html: HTML(joining: fields))<button>Search</button></form>
            """
    }

    // MARK: - Values

    private func shown(_ value: JSONValue, _ format: PageFormat) -> HTML {
        if value == .null { return "<span class=\"none\">–</span>" }
        let text = PageText.shown(value, format)
        return switch format {
        case .state: badge(text)
        case .code: "<code>\(text)</code>"
        case .time: "<time datetime=\"\(PageText.plain(value))\">\(text)</time>"
        case .text, .number, .amount, .duration, .details: "\(text)"
        }
    }

    /// Which colour a word has.
    static func tone(of word: String) -> HTML {
        switch word {
        case "ok", "done", "leading", "settled", "paid", "applied", "yes", "success", "armed",
            "enabled":
            "good"
        case "degraded", "finding", "past_due", "interrupted", "declined", "abandoned", "waiting",
            "behind", "unfinished", "suspended_no_payment", "suspended_spending_limit":
            "warn"
        case "unavailable", "failed", "failure", "open break", "refused", "suspended_by_operator":
            "bad"
        default: "plain"
        }
    }
}

extension PageFormat {
    var isNumber: Bool {
        switch self {
        case .amount, .duration, .number: true
        case .text, .time, .state, .code, .details: false
        }
    }
}
