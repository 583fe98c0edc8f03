import ByteCodecs
import Storage

/// A row as an object whose members are the columns.
struct ObjectRow: SQLRow {
    var object: JSONValue

    init(from columns: inout SQLColumns) throws(StorageError) {
        object = try columns.next()
    }
}

extension Database {
    /// - Parameter query: a `SELECT` whose columns have the names that members are to have.
    func objects(_ query: SQL) async throws(StorageError) -> [JSONValue] {
        let found: [ObjectRow] = try await rows(
            "SELECT to_jsonb(t) FROM (\(sql: query)) AS t")
        return found.map(\.object)
    }

    /// The first row's members; all null without one.
    func object(_ query: SQL) async throws(StorageError) -> JSONObject {
        guard case .object(let members)? = try await objects(query).first else {
            return JSONObject([])
        }
        return members
    }
}

extension SQL {
    /// A moment as RFC 3339 in UTC.
    static func utc(_ column: SQL) -> SQL {
        "to_char(\(sql: column) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    static func milliseconds(_ interval: SQL) -> SQL {
        "(extract(epoch FROM \(sql: interval)) * 1000)::bigint"
    }
}
