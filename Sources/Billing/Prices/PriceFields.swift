import ByteCodecs
import Determinism
import Identifiers

/// Takes the members of one object of a price book, each in the form that prices have.
struct PriceFields {
    let place: String
    private var reader: JSONObjectReader

    init(_ value: JSONValue, at place: String) throws(PriceFault) {
        self.place = place
        reader = try Self.placed { () throws(JSONFieldError) in
            try JSONObjectReader(value, path: place)
        }
    }

    func finish() throws(PriceFault) {
        try Self.placed { () throws(JSONFieldError) in try reader.finish() }
    }

    mutating func amount(_ name: String) throws(PriceFault) -> MicroUSDC {
        let text = try string(name)
        do throws(AmountError) {
            let amount = try MicroUSDC(parsing: text)
            guard amount <= PriceBook.amountLimit else { throw .tooLarge }
            return amount
        } catch {
            throw PriceFault(.notAnAmount(error), at: path(name))
        }
    }

    mutating func count(_ name: String, _ range: ClosedRange<Int64>) throws(PriceFault) -> Int64 {
        let count = try Self.placed { () throws(JSONFieldError) in try reader.integer(name) }
        guard range.contains(count) else {
            throw PriceFault(
                .outOfRange(minimum: range.lowerBound, maximum: range.upperBound), at: path(name))
        }
        return count
    }

    /// Shown to people, so printable ASCII alone.
    mutating func text(_ name: String) throws(PriceFault) -> String {
        let text = try string(name)
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw PriceFault(.notAText, at: path(name)) }
        return text
    }

    mutating func word<Word: RawRepresentable<String>>(_ name: String) throws(PriceFault) -> Word {
        let text = try string(name)
        guard let word = Word(rawValue: text) else {
            throw PriceFault(.unknownWord(text), at: path(name))
        }
        return word
    }

    /// Midnight in UTC of a date.
    mutating func date(_ name: String) throws(PriceFault) -> Timestamp {
        let text = try string(name)
        guard text.utf8.count == 10, let time = Timestamp(rfc3339: text + "T00:00:00Z") else {
            throw PriceFault(.notADate, at: path(name))
        }
        return time
    }

    mutating func object(_ name: String) throws(PriceFault) -> PriceFields {
        guard let value = reader.value(name) else {
            throw PriceFault(JSONFieldError.missing(path(name)))
        }
        return try PriceFields(value, at: path(name))
    }

    /// Nil when absent or null.
    mutating func optionalObject(_ name: String) throws(PriceFault) -> PriceFields? {
        guard let value = reader.value(name), value != .null else { return nil }
        return try PriceFields(value, at: path(name))
    }

    mutating func objects(_ name: String) throws(PriceFault) -> [PriceFields] {
        let values = try Self.placed { () throws(JSONFieldError) in try reader.array(name) }
        var objects: [PriceFields] = []
        for (index, value) in values.enumerated() {
            objects.append(try PriceFields(value, at: "\(path(name))[\(index)]"))
        }
        return objects
    }

    func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    private mutating func string(_ name: String) throws(PriceFault) -> String {
        try Self.placed { () throws(JSONFieldError) in try reader.string(name) }
    }

    private static func placed<Value>(
        _ body: () throws(JSONFieldError) -> Value
    ) throws(PriceFault) -> Value {
        do { return try body() } catch { throw PriceFault(error) }
    }
}
