/// A statement whose values can only ever become parameters.
///
/// `"… WHERE id = \(id)"` sends `… WHERE id = $1` and the value beside it. Text that is only known
/// at run time has no way in: `\(sql:)` takes what was itself built like this.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// Text around the values: always one piece more than there are values.
    private var pieces: [String]
    private(set) var values: [SQLValue]

    public init(stringLiteral text: StaticString) {
        self.init(literal: text)
    }

    public init(literal text: StaticString) {
        pieces = [text.description]
        values = []
    }

    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    private init(pieces: [String], values: [SQLValue]) {
        self.pieces = pieces
        self.values = values
    }

    /// What the server gets: `$1`, `$2`, … where values stand.
    var text: String {
        var text = pieces[0]
        text.reserveCapacity(pieces.reduce(0) { $0 + $1.utf8.count + 4 })
        for index in values.indices {
            text += "$"
            text += String(index + 1)
            text += pieces[index + 1]
        }
        return text
    }

    /// Builds a statement from a literal's parts. Only the compiler calls the first three.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql = SQL(pieces: [""], values: [])
            sql.pieces.reserveCapacity(interpolationCount + 1)
            sql.values.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: StaticString) {
            append(literal.description)
        }

        public mutating func appendInterpolation(_ value: some SQLEncodable) {
            sql.values.append(value.sqlValue)
            sql.pieces.append("")
        }

        /// Nil becomes NULL.
        public mutating func appendInterpolation<Value: SQLEncodable>(_ value: Value?) {
            sql.values.append(value.sqlValue)
            sql.pieces.append("")
        }

        /// Takes another statement in, with its values.
        public mutating func appendInterpolation(sql other: SQL) {
            append(other.pieces[0])
            sql.values += other.values
            sql.pieces += other.pieces.dropFirst()
        }

        private mutating func append(_ text: String) {
            sql.pieces[sql.pieces.count - 1] += text
        }
    }
}
