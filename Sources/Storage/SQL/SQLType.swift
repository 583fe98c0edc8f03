/// A PostgreSQL type by its object id, which is fixed for built-in types.
///
/// Source of every number: `src/include/catalog/pg_type.dat` of PostgreSQL 15.
public struct SQLType: Hashable, Sendable {
    public let oid: UInt32

    public init(oid: UInt32) { self.oid = oid }

    public static let bool = SQLType(oid: 16)
    public static let bytea = SQLType(oid: 17)
    public static let name = SQLType(oid: 19)
    public static let int8 = SQLType(oid: 20)
    public static let int2 = SQLType(oid: 21)
    public static let int4 = SQLType(oid: 23)
    public static let text = SQLType(oid: 25)
    public static let json = SQLType(oid: 114)
    public static let bpchar = SQLType(oid: 1042)
    public static let varchar = SQLType(oid: 1043)
    public static let timestamptz = SQLType(oid: 1184)
    public static let uuid = SQLType(oid: 2950)
    public static let jsonb = SQLType(oid: 3802)

    public static let byteaArray = SQLType(oid: 1001)
    public static let textArray = SQLType(oid: 1009)
    public static let int8Array = SQLType(oid: 1016)
    public static let uuidArray = SQLType(oid: 2951)
}
