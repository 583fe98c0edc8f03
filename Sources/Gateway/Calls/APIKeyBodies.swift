import ByteCodecs
import Determinism
import Identifiers
import Services

extension JSONValue {
    /// - Parameter now: by which an overlap has ended or not.
    init(_ key: APIKeyDetails, at now: Timestamp) { self = .object(JSONObject(key, at: now)) }

    init(_ issued: IssuedAPIKey, at now: Timestamp) {
        var body = JSONObject(issued.details, at: now)
        body["key"] = .string(issued.key.text)
        self = .object(body)
    }

    init(_ standing: EdgeStanding) {
        self = [
            "edge": .string(standing.edge), "applied": .bool(standing.hasApplied),
            "version": .optional(standing.version),
            "reportedAt": .optionalTime(standing.reportedAt),
        ]
    }
}

extension JSONObject {
    fileprivate init(_ key: APIKeyDetails, at now: Timestamp) {
        self = [
            "apiKeyId": .string(key.id.description),
            "serviceType": .string(key.service.rawValue),
            "name": .optional(key.name),
            "state": .string(key.state(at: now).rawValue),
            "hint": .string(key.hint),
            "createdAt": .time(key.createdAt),
            "changedAt": .time(key.changedAt),
            "expiresAt": .optionalTime(key.expiresAt),
            "lastUsedAt": .optionalTime(key.lastUsedAt),
            "rotatedFrom": .optional(key.rotatedFrom?.description),
            "rotatedTo": .optional(key.rotatedTo?.description),
        ]
    }
}
