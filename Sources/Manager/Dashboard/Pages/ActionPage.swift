import Identifiers

/// Asks for what an action still needs, and then whether it is meant.
struct ActionPage {
    let action: AdminAction
    let fields: FormFields
    /// What is to be known besides the fields.
    let facts: [PageFact]
    let visitor: Visitor
    let role: String

    func document(once: UUIDv7) -> [UInt8] {
        let isWhole = action.fields.allSatisfy { fields[$0.name] != nil }
        return PageHTML(visitor: visitor, path: action.page, role: role).document(
            title: action.title, isWhole ? confirmation(once) : questions)
    }

    private var head: HTML {
        "<h1>\(action.title)</h1><p class=\"lead\">\(action.explanation)</p>"
    }

    private var questions: HTML {
        let inputs = action.fields.map { field -> HTML in
            """
            <label>\(field.label)<input name="\(field.name)" value="\(fields[field.name] ?? "")"
            required></label>
            """
        }
        return """
            <form class="panel" method="get" action="/actions/\(action.rawValue)">\(html: head)
            \(html: HTML(joining: inputs))<div class="row"><button class="strong">Go on</button>
            <a href="\(action.page)">Cancel</a></div></form>
            """
    }

    private func confirmation(_ once: UUIDv7) -> HTML {
        let told = facts.map { fact -> HTML in
            let value = PageText.shown(fact.value, fact.format)
            return "<div><dt>\(fact.label)</dt><dd>\(value)</dd></div>"
        }
        let rows = action.fields.map { field -> HTML in
            let value = fields[field.name] ?? ""
            let shown = field.name == "amount" ? Self.amount(value) : value
            return """
                <div><dt>\(field.name == "amount" ? "Amount" : field.label)</dt><dd>\(shown)</dd></div>
                <input type="hidden" name="\(field.name)" value="\(value)">
                """
        }
        return """
            <form class="panel" method="post" action="/actions/\(action.rawValue)">\(html: head)
            <dl>\(html: HTML(joining: told + rows))</dl>
            <input type="hidden" name="csrf" value="\(visitor.csrf)">
            <input type="hidden" name="once" value="\(once.description)">
            <input type="hidden" name="confirm" value="yes">
            <div class="row"><button class="strong">Yes, do it</button>
            <a href="\(action.page)">Cancel</a></div></form>
            """
    }

    private static func amount(_ text: String) -> String {
        Int64(text).map { PageText.amount($0) } ?? text
    }
}
