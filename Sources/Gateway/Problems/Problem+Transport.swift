import ByteCodecs
import HTTPTransport

extension Problem {
    /// What the transport refuses before any route sees it.
    init(_ refusal: TransportRefusal) {
        switch refusal {
        case .headMalformed, .framingAmbiguous, .contentLengthInvalid, .hostMissing, .targetInvalid,
            .headerValueInvalid:
            self.init(
                .requestMalformed,
                "The head of the request breaks a rule of HTTP: \(refusal.name).",
                members: ["reason": .string(refusal.name)])
        case .headerDuplicated(let header):
            self.init(
                .requestMalformed, "\(header.rawValue) may be there once only.",
                members: ["reason": .string(refusal.name), "header": .string(header.rawValue)])
        case .transferEncodingUnsupported, .methodUnsupported:
            self.init(
                .notImplemented, "This is not supported: \(refusal.name).",
                members: ["reason": .string(refusal.name)])
        case .expectationUnsupported:
            self.init(.expectationUnsupported, "Only 100-continue can be expected.")
        case .targetTooLong: self.init(.targetTooLong, "The request target is too long.")
        case .headersTooLarge: self.init(.headTooLarge, "The headers are too large or too many.")
        case .bodyTooLarge(let limit):
            self.init(
                .bodyTooLarge, "The body may have \(limit) bytes.",
                members: ["limit": .integer(Int64(limit))])
        case .connectionLimitReached:
            self.init(.overloaded, "All connections are taken.")
        case .shuttingDown: self.init(.overloaded, "This instance is about to stop.")
        }
    }
}
