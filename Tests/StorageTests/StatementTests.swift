import ByteCodecs
import Determinism
import Storage
import TestSupport
import Testing

@Suite("single statements") struct StatementTests {
    @Test("values come back as they went")
    func roundTrip() async throws {
        let world = try await StorageWorld()
        let sent = Sample(
            integer: .min, number: 42, flag: true, text: "Zoë's \"quote\" \\ $1 \u{1F600}",
            bytes: [0, 255, 0x27], moment: Timestamp(milliseconds: 1_800_000_000_123),
            uuid: SQLUUID(bytes: Array(1...16)), json: ["a": [1, nil, "x"]], missing: nil)

        let received: Sample? = try await world.database.first(
            """
            SELECT \(sent.integer), \(sent.number), \(sent.flag), \(sent.text), \(sent.bytes),
                \(sent.moment), \(sent.uuid), \(sent.json), \(sent.missing)
            """)

        #expect(received == sent)
    }

    @Test(
        "moments before 1970 and 2000 keep their milliseconds",
        arguments: [Int64(-62_135_596_800_000), -1, 0, 946_684_799_999, 946_684_800_000])
    func moments(milliseconds: Int64) async throws {
        let world = try await StorageWorld()
        let moment = Timestamp(milliseconds: milliseconds)

        #expect(try await world.database.value("SELECT \(moment)") == moment)
        #expect(
            try await world.database.value(
                "SELECT (extract(epoch FROM \(moment)) * 1000)::bigint") == milliseconds)
    }

    @Test(
        "a moment that nobody can mean is the last one that can be, and ends no process",
        arguments: [(Int64.max, Int64(253_402_300_799_999)), (.min, -62_135_596_800_000)])
    func impossibleMoments(milliseconds: Int64, kept: Int64) async throws {
        let world = try await StorageWorld()
        let moment = Timestamp(milliseconds: milliseconds)

        #expect(
            try await world.database.value("SELECT \(moment)") == Timestamp(milliseconds: kept))
    }

    @Test("lists arrive as arrays, empty ones too")
    func lists() async throws {
        let world = try await StorageWorld()
        let texts = ["a", "", "{b,\"c\"}"]

        #expect(
            try await world.database.value("SELECT array_to_string(\(texts), '|')")
                == "a||{b,\"c\"}")
        #expect(try await world.database.value("SELECT cardinality(\([Int64]()))") == Int64(0))
        #expect(
            try await world.database.value(
                "SELECT string_agg(encode(b, 'hex'), ',') FROM unnest(\([[1], [UInt8]()])) AS b")
                == "01,")
    }

    @Test(
        "what looks like SQL stays data",
        arguments: [
            "'; DROP TABLE notes; --", "$1", "\\'; DELETE FROM notes; --", "a') OR ('1'='1",
            "\"; TRUNCATE notes; --", "'||pg_sleep(10)||'",
        ])
    func injection(text: String) async throws {
        let world = try await StorageWorld()
        try await world.database.execute("CREATE TABLE notes (content text)")
        try await world.database.execute("INSERT INTO notes VALUES (\(text))")

        let condition: SQL = "content = \(text)"
        let found: [SQLScalar<String>] = try await world.database.rows(
            "SELECT content FROM notes WHERE \(sql: condition)")

        #expect(found.map(\.value) == [text])
    }

    @Test("a statement taken into another brings its values along in order")
    func splicing() async throws {
        let world = try await StorageWorld()
        let inner: SQL = "\("b") || \("c")"

        let text: String? = try await world.database.value(
            "SELECT \("a") || \(sql: inner) || \("d")")

        #expect(text == "abcd")
    }

    @Test("more distinct statements than a connection keeps prepared still run")
    func manyTexts() async throws {
        let world = try await StorageWorld(poolSize: 1)
        for count in 0..<300 {
            var list: SQL = "0"
            for _ in 0..<count { list = "\(sql: list) + \(1)" }
            #expect(try await world.database.value("SELECT \(sql: list)") == count)
        }
    }

    @Test("a table that changes under a prepared statement fails nobody")
    func changedResult() async throws {
        let world = try await StorageWorld(poolSize: 1)
        try await world.database.execute("CREATE TABLE shapes AS SELECT 1 AS a")
        let query: SQL = "SELECT * FROM shapes"
        try await world.database.execute(query)

        try await world.store.run("ALTER TABLE shapes ALTER a TYPE bigint, ADD b text")

        #expect(try await world.database.value(query) == Int64(1))
    }

    @Test("reading as another type, NULL as a value or past the end is an error that says where")
    func unexpectedValues() async throws {
        let world = try await StorageWorld()
        let database = world.database

        await #expect(throws: StorageError.unexpectedValue(column: "name")) {
            let _: Int64? = try await database.value("SELECT 'x'::text AS name")
        }
        await #expect(throws: StorageError.unexpectedValue(column: "name")) {
            let _: String? = try await database.value("SELECT NULL::text AS name")
        }
        await #expect(throws: StorageError.unexpectedValue(column: "column 2")) {
            let _: Pair? = try await database.first("SELECT 1 AS only")
        }
        #expect(try await database.value("SELECT 5") == 5, "the connection goes on serving")
    }

    private struct Pair: SQLRow {
        init(from columns: inout SQLColumns) throws(StorageError) {
            let _: Int64 = try columns.next()
            let _: Int64 = try columns.next()
        }
    }

    private struct Sample: SQLRow, Equatable {
        var integer: Int64
        var number: Int
        var flag: Bool
        var text: String
        var bytes: [UInt8]
        var moment: Timestamp
        var uuid: SQLUUID
        var json: JSONValue
        var missing: String?

        init(
            integer: Int64, number: Int, flag: Bool, text: String, bytes: [UInt8],
            moment: Timestamp, uuid: SQLUUID, json: JSONValue, missing: String?
        ) {
            (self.integer, self.number, self.flag, self.text) = (integer, number, flag, text)
            (self.bytes, self.moment, self.uuid) = (bytes, moment, uuid)
            (self.json, self.missing) = (json, missing)
        }

        init(from columns: inout SQLColumns) throws(StorageError) {
            integer = try columns.next()
            number = try columns.next()
            flag = try columns.next()
            text = try columns.next()
            bytes = try columns.next()
            moment = try columns.next()
            uuid = try columns.next()
            json = try columns.next()
            missing = try columns.next()
        }
    }
}
