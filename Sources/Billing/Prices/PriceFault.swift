import ByteCodecs

/// An error in a price book before its line is looked up.
struct PriceFault: Error {
    let reason: PriceBookError.Reason
    let place: String

    init(_ reason: PriceBookError.Reason, at place: String) {
        self.reason = reason
        self.place = place
    }

    init(_ error: JSONFieldError) {
        reason = .field(error)
        switch error {
        case .notAnObject: place = ""
        case .missing(let name), .wrongType(let name, _), .unknown(let name): place = name
        }
    }
}
