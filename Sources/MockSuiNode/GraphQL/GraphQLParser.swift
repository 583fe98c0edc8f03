import ByteCodecs

/// Reads query documents: one operation, variables, aliases, arguments, inline fragments. Named
/// fragments and directives are refused by name.
struct GraphQLParser {
    private enum Token: Equatable {
        case name(String)
        case mark(Character)
        case spread
        case string(String)
        case number(String)
    }

    private var tokens: [Token]
    private var place = 0
    private static let depthLimit = 20

    static func parse(_ text: String) throws(GraphQLError) -> GraphQLDocument {
        var parser = GraphQLParser(tokens: try tokens(of: text))
        return try parser.document()
    }

    private init(tokens: [Token]) {
        self.tokens = tokens
    }

    // MARK: - Tokens

    private static func tokens(of text: String) throws(GraphQLError) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(text)
        while let first = rest.first {
            switch first {
            case " ", "\n", "\t", "\r", "\r\n", ",": rest.removeFirst()
            case "#": rest = rest.drop { !$0.isNewline }
            case "{", "}", "(", ")", ":", "!", "$", "[", "]", "=", "@":
                tokens.append(.mark(first))
                rest.removeFirst()
            case ".":
                guard rest.hasPrefix("...") else { throw .parse("a single dot") }
                tokens.append(.spread)
                rest.removeFirst(3)
            case "\"": tokens.append(.string(try string(&rest)))
            case "_", "a"..."z", "A"..."Z":
                let name = rest.prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
                tokens.append(.name(String(name)))
                rest = rest[name.endIndex...]
            case "-", "0"..."9":
                let number = rest.prefix { "+-.eE0123456789".contains($0) }
                tokens.append(.number(String(number)))
                rest = rest[number.endIndex...]
            default: throw .parse("unexpected character \(first)")
            }
        }
        return tokens
    }

    private static func string(_ rest: inout Substring) throws(GraphQLError) -> String {
        guard !rest.hasPrefix("\"\"\"") else { throw .parse("block strings are not read here") }
        var end = rest.index(after: rest.startIndex)
        while end < rest.endIndex, rest[end] != "\"" {
            if rest[end] == "\\" { end = rest.index(after: end) }
            guard end < rest.endIndex else { break }
            end = rest.index(after: end)
        }
        guard end < rest.endIndex, case .string(let text)? = try? JSONValue.parse(rest[...end].utf8)
        else { throw .parse("a string without an end") }
        rest = rest[rest.index(after: end)...]
        return text
    }

    private var next: Token? { place < tokens.count ? tokens[place] : nil }

    private mutating func take(_ token: Token) -> Bool {
        guard next == token else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ mark: Character) throws(GraphQLError) {
        guard take(.mark(mark)) else { throw .parse("expected \(mark)") }
    }

    private mutating func name() throws(GraphQLError) -> String {
        guard case .name(let name)? = next else { throw .parse("expected a name") }
        place += 1
        return name
    }

    // MARK: - Document

    private mutating func document() throws(GraphQLError) -> GraphQLDocument {
        var isMutation = false
        var variables: [GraphQLDocument.Variable] = []
        if case .name(let kind)? = next {
            place += 1
            guard ["query", "mutation"].contains(kind) else { throw .parse("no \(kind) here") }
            isMutation = kind == "mutation"
            if case .name? = next { place += 1 }
            if take(.mark("(")) { variables = try self.variables() }
        }
        let selections = try selections(depth: 1)
        guard next == nil else { throw .parse("one operation only, fragments inline") }
        return GraphQLDocument(
            isMutation: isMutation, variables: variables, selections: selections)
    }

    private mutating func variables() throws(GraphQLError) -> [GraphQLDocument.Variable] {
        var variables: [GraphQLDocument.Variable] = []
        while !take(.mark(")")) {
            try expect("$")
            let name = try name()
            try expect(":")
            let type = try type()
            let standard = take(.mark("=")) ? try value().resolved(JSONObject()) : nil
            variables.append(.init(name: name, type: type, standard: standard))
        }
        return variables
    }

    private mutating func type() throws(GraphQLError) -> String {
        var text: String
        if take(.mark("[")) {
            text = "[\(try type())]"
            try expect("]")
        } else {
            text = try name()
        }
        if take(.mark("!")) { text += "!" }
        return text
    }

    private mutating func selections(depth: Int) throws(GraphQLError) -> [GraphQLSelection] {
        guard depth <= Self.depthLimit else {
            throw .validation("Query nesting is over \(Self.depthLimit)")
        }
        try expect("{")
        var selections: [GraphQLSelection] = []
        while !take(.mark("}")) {
            selections.append(try selection(depth: depth))
        }
        guard !selections.isEmpty else { throw .parse("an empty selection") }
        return selections
    }

    private mutating func selection(depth: Int) throws(GraphQLError) -> GraphQLSelection {
        if take(.spread) {
            guard take(.name("on")) else { throw .parse("named fragments are not read here") }
            let type = try name()
            return .fragment(type: type, try selections(depth: depth + 1))
        }
        var name = try name()
        var alias: String?
        if take(.mark(":")) {
            alias = name
            name = try self.name()
        }
        let arguments = take(.mark("(")) ? try arguments() : []
        let inner = next == .mark("{") ? try selections(depth: depth + 1) : []
        return .field(
            GraphQLField(alias: alias, name: name, arguments: arguments, selections: inner))
    }

    private mutating func arguments() throws(GraphQLError) -> [GraphQLMember] {
        var arguments: [GraphQLMember] = []
        while !take(.mark(")")) {
            let name = try name()
            try expect(":")
            arguments.append(GraphQLMember(name: name, value: try value()))
        }
        return arguments
    }

    private mutating func value() throws(GraphQLError) -> GraphQLValue {
        if take(.mark("$")) { return .variable(try name()) }
        if take(.mark("[")) {
            var elements: [GraphQLValue] = []
            while !take(.mark("]")) { elements.append(try value()) }
            return .list(elements)
        }
        if take(.mark("{")) {
            var members: [GraphQLMember] = []
            while !take(.mark("}")) {
                let name = try name()
                try expect(":")
                members.append(GraphQLMember(name: name, value: try value()))
            }
            return .object(members)
        }
        defer { place += 1 }
        switch next {
        case .string(let text): return .constant(.string(text))
        case .number(let text):
            return .constant(Int64(text).map { .integer($0) } ?? .decimal(text))
        case .name("true"): return .constant(true)
        case .name("false"): return .constant(false)
        case .name("null"): return .constant(.null)
        case .name(let name): return .constant(.string(name))  // Of an enumeration.
        default: throw .parse("expected a value")
        }
    }
}
