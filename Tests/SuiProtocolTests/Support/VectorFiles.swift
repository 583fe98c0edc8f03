import ByteCodecs
import Glibc

/// The files under `Vectors/`, found from where this file stands.
enum VectorFiles {
    struct Unreadable: Error {
        let name: String
    }

    private static let root =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Vectors/"

    static func bytes(_ name: String) throws -> [UInt8] {
        let file = open(root + name, O_RDONLY)
        guard file >= 0 else { throw Unreadable(name: name) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &chunk, chunk.count)
            guard count >= 0 else { throw Unreadable(name: name) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
        }
    }

    static func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    static func json(_ name: String) throws -> JSONValue {
        try JSONValue.parse(try bytes(name))
    }

    static func cases(_ name: String) throws -> [SignatureCase] {
        try json(name)["cases"].items.map(SignatureCase.init)
    }
}

extension JSONValue {
    struct Missing: Error {
        let name: String
    }

    subscript(name: String) -> JSONValue {
        get throws {
            guard case .object(let members) = self, let value = members[name] else {
                throw Missing(name: name)
            }
            return value
        }
    }

    var items: [JSONValue] {
        get throws {
            guard case .array(let items) = self else { throw Missing(name: "array") }
            return items
        }
    }

    var text: String {
        get throws {
            guard case .string(let text) = self else { throw Missing(name: "string") }
            return text
        }
    }

    var number: Int64 {
        get throws {
            guard case .integer(let number) = self else { throw Missing(name: "integer") }
            return number
        }
    }
}
