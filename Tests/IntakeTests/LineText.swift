@testable import Intake

/// A line that is taken, with what a test changes in it.
enum LineText {
    static let id = "6c02e0b8-4a35-4e6b-9a4e-0b9c3f5f0a11"
    static let key = String(repeating: "0123456789abcdef", count: 4)

    /// Values as they stand in the line, quotes included.
    static let values: [(field: LineField, value: String)] = [
        (.version, "1"), (.time, "1795246453050"), (.id, "\"\(id)\""), (.edge, "\"edge-1\""),
        (.frontend, "\"seal\""), (.start, "1795246453000000"), (.process, "25366"),
        (.number, "7"), (.key, "\"\(key)\""), (.service, "\"seal\""), (.method, "\"POST\""),
        (.status, "200"), (.bytesIn, "82"), (.bytesOut, "4096"), (.request, "0"), (.queue, "1"),
        (.connect, "2"), (.response, "3"), (.active, "6"),
    ]

    static func with(_ field: LineField? = nil, _ value: String = "") -> [UInt8] {
        let members = values.map {
            "\"\($0.field.rawValue)\":\($0.field == field ? value : $0.value)"
        }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }

    static func without(_ field: LineField) -> [UInt8] {
        let members = values.filter { $0.field != field }.map {
            "\"\($0.field.rawValue)\":\($0.value)"
        }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }
}
