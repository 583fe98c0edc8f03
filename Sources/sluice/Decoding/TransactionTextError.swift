import SuiProtocol

/// Why a text is no transaction.
enum TransactionTextError: Error, Equatable, CustomStringConvertible {
    case tooLong
    case notBase64
    case notATransaction(SuiDecodingError)

    var description: String {
        switch self {
        case .tooLong: "longer than the Base64 of any transaction"
        case .notBase64: "not Base64 (the standard alphabet, padded, without blanks)"
        case .notATransaction(let error): "no transaction: \(error)"
        }
    }
}
