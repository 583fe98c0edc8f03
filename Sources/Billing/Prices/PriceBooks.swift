import Audit
public import ByteCodecs
public import Determinism
public import Storage
import Synchronization

/// The price books in the database: the last one is in force.
public final class PriceBooks: Sendable {
    /// Bytes of a book, at most.
    public static let sizeLimit = 4 << 20

    private let database: Database
    private let surroundings: Surroundings
    private let known = Mutex<(id: Int64, book: PriceBook)?>(nil)

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// `Config/pricebook.json`, for those who choose no other.
    public static var standard: [UInt8] { PackageResources.pricebook_json }

    /// The book in force, read again only when there is a newer one; nil before there is any.
    public func current() async throws(StorageError) -> PriceBook? {
        try await current(as: database)
    }

    /// - Parameter reader: who asks, as the transaction that goes by it.
    func current(as reader: some StatementRunner) async throws(StorageError) -> PriceBook? {
        let held = known.withLock { $0 }
        guard let row = try await reader.latestPriceBook(known: held?.id ?? 0) else {
            return nil
        }
        guard let content = row.content else { return held?.book }
        let book = try Self.read(content)
        known.withLock { if row.id > $0?.id ?? 0 { $0 = (row.id, book) } }
        return book
    }

    /// Takes a book, whole or not at all. One that is in force already changes nothing.
    ///
    /// - Parameters:
    ///   - onlyFirst: does nothing where there is a book, for one that nobody chose.
    ///   - person: who takes it, as the audit log has operators; nil for what a configuration says.
    /// - Returns: whether it is newly in force.
    @discardableResult
    public func load(
        _ content: [UInt8], onlyFirst: Bool = false, by person: JSONValue? = nil
    ) async throws(PriceBookRefusal) -> Bool {
        let book = try Self.book(content)
        let now = surroundings.now()
        return try await decide { transaction throws(StorageError) in
            try await transaction.lockPriceBooks()
            if onlyFirst, try await transaction.latestPriceBook() != nil {
                return .success(false)
            }
            let decision = try await Self.decision(on: book, content, at: now, in: transaction)
            guard case .success(true) = decision else { return decision }
            try await transaction.insertPriceBook(content, at: now)
            if let person {
                try await transaction.execute(Self.record(book, person).insertion(at: now))
            }
            return decision
        }
    }

    /// Whether a book could be taken now; writes nothing.
    ///
    /// - Returns: false for one that is in force already.
    public func check(_ content: [UInt8]) async throws(PriceBookRefusal) -> Bool {
        let book = try Self.book(content)
        let now = surroundings.now()
        return try await decide { transaction throws(StorageError) in
            try await Self.decision(on: book, content, at: now, in: transaction)
        }
    }

    private func decide(
        _ body:
            @Sendable (Transaction) async throws(StorageError)
            -> Result<Bool, PriceBookSuccession>
    ) async throws(PriceBookRefusal) -> Bool {
        let decision: Result<Bool, PriceBookSuccession>
        do throws(StorageError) {
            decision = try await database.transaction(body)
        } catch {
            throw .storage(error)
        }
        do { return try decision.get() } catch { throw .succession(error) }
    }

    /// Whether it is another one than the last, which it may follow.
    private static func decision(
        on book: PriceBook, _ content: [UInt8], at now: Timestamp, in transaction: Transaction
    ) async throws(StorageError) -> Result<Bool, PriceBookSuccession> {
        guard let old = try await transaction.latestPriceBook()?.content else {
            return .success(true)
        }
        if old == content { return .success(false) }
        let (last, uses) = (try read(old), try await transaction.tariffsInUse())
        do throws(PriceBookSuccession) {
            try book.checkFollows(last, at: now)
            try book.checkSells(uses, at: now)
            return .success(true)
        } catch {
            return .failure(error)
        }
    }

    private static func record(_ book: PriceBook, _ person: JSONValue) -> AuditRecord {
        AuditRecord(
            action: .priceBookLoaded, outcome: .success,
            details: [
                "versions": .array(book.versions.map { .integer($0.number) }), "operator": person,
            ])
    }

    private static func book(_ content: [UInt8]) throws(PriceBookRefusal) -> PriceBook {
        do { return try PriceBook(parsing: content) } catch { throw .invalid(error) }
    }

    private static func read(_ content: [UInt8]) throws(StorageError) -> PriceBook {
        guard let book = try? PriceBook(parsing: content) else {
            throw .unexpectedValue(column: "content")
        }
        return book
    }
}
