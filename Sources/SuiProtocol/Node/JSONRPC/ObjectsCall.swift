public import ByteCodecs

/// Objects in their newest versions.
public struct ObjectsCall: JSONRPCCall {
    public static let method = "sui_multiGetObjects"
    /// The service's own.
    public static let limit = 50
    /// Codes for what is not there.
    private static let absent: Set<String> = ["notExists", "deleted"]

    private let ids: [ObjectID]

    /// - Parameter ids: at most ``limit``.
    public init(_ ids: [ObjectID]) {
        self.ids = ids
    }

    public var parameters: [JSONValue] {
        [
            .array(ids.map { "\($0)" }), ["showType": true, "showOwner": true, "showBcs": true],
        ]
    }

    /// Those that the node knows.
    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> [NodeObject] {
        guard case .array(let entries) = result, entries.count == ids.count else {
            throw .unusable("another number of answers")
        }
        var found: [NodeObject] = []
        for (id, entry) in zip(ids, entries) {
            let answer = try AnswerObject(entry, "object")
            guard let data = try answer.optionalObject("data") else {
                guard Self.absent.contains(try answer.object("error").string("code")) else {
                    throw .unusable("an object that cannot be told")
                }
                continue
            }
            let object = try Self.object(data)
            guard object.reference.id == id else {
                throw .unusable("another object than the one asked for")
            }
            found.append(object)
        }
        return found
    }

    private static func object(_ data: AnswerObject) throws(NodeAnswerFault) -> NodeObject {
        let contents = try data.object("bcs")
        let isPackage = contents["dataType"] == "package"
        return NodeObject(
            reference: try data.plainReference(), owner: try data.plainOwner(),
            type: isPackage ? nil : try data.type("type"),
            bcs: isPackage ? nil : try contents.bytes("bcsBytes"))
    }
}
