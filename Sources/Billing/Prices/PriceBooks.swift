public import Determinism
public import Storage
import Synchronization

/// The price books in the database: the last one is in force.
public final class PriceBooks: Sendable {
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
        let held = known.withLock { $0 }
        guard let row = try await database.latestPriceBook(known: held?.id ?? 0) else {
            return nil
        }
        guard let content = row.content else { return held?.book }
        let book = try Self.read(content)
        known.withLock { if row.id > $0?.id ?? 0 { $0 = (row.id, book) } }
        return book
    }

    /// Takes a book, whole or not at all. One that is in force already changes nothing.
    ///
    /// - Parameter onlyFirst: does nothing where there is a book, for one that nobody chose.
    /// - Returns: whether it is newly in force.
    @discardableResult
    public func load(
        _ content: [UInt8], onlyFirst: Bool = false
    ) async throws(PriceBookRefusal) -> Bool {
        let book: PriceBook
        do { book = try PriceBook(parsing: content) } catch { throw .invalid(error) }
        let now = surroundings.now()
        let outcome: Result<Bool, PriceBookSuccession>
        do throws(StorageError) {
            outcome = try await database.transaction { transaction throws(StorageError) in
                try await transaction.lockPriceBooks()
                if let last = try await transaction.latestPriceBook(), let old = last.content {
                    if onlyFirst || old == content { return .success(false) }
                    if let refusal = book.refusal(after: try Self.read(old), at: now) {
                        return .failure(refusal)
                    }
                }
                try await transaction.insertPriceBook(content, at: now)
                return .success(true)
            }
        } catch {
            throw .storage(error)
        }
        do { return try outcome.get() } catch { throw .succession(error) }
    }

    private static func read(_ content: [UInt8]) throws(StorageError) -> PriceBook {
        guard let book = try? PriceBook(parsing: content) else {
            throw .unexpectedValue(column: "content")
        }
        return book
    }
}

extension PriceBook {
    fileprivate func refusal(after old: PriceBook, at now: Timestamp) -> PriceBookSuccession? {
        do throws(PriceBookSuccession) {
            try checkFollows(old, at: now)
            return nil
        } catch {
            return error
        }
    }
}
