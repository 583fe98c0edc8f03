import CPostgres

/// SQL as a superuser or anybody else, by the plainest means: what tests do to a database behind
/// the back of the code under test.
enum Administration {
    /// Runs one or several statements.
    ///
    /// - Returns: the last statement's rows, values as text, NULL as nil.
    @discardableResult
    static func run(_ script: String, at url: String) throws -> [[String?]] {
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else {
            throw TestFailure(String(cString: PQerrorMessage(connection)))
        }
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        let result = PQexec(connection, script)
        defer { PQclear(result) }
        guard [PGRES_TUPLES_OK, PGRES_COMMAND_OK].contains(PQresultStatus(result)) else {
            throw TestFailure(String(cString: PQerrorMessage(connection)))
        }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1
                    ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }
}
