/// Why a JSON value does not have the expected members. Names are dotted paths (`wallet.address`).
public enum JSONFieldError: Error, Equatable, CustomStringConvertible {
    case notAnObject
    case missing(String)
    case wrongType(String, expected: String)
    case unknown(String)

    public var description: String {
        switch self {
        case .notAnObject: "an object is expected"
        case .missing(let name): "\(name) is missing"
        case .wrongType(let name, let expected): "\(name) must be \(expected)"
        case .unknown(let name): "\(name) is not known here"
        }
    }
}
