import ByteCodecs
import CCurl
import CMicroHTTPD
import COpenSSL
import CPostgres
import CSodium

/// `sluice version`.
enum VersionCommand {
    static let specification = CommandSpecification(
        "version", "Print the version of sluice and of what it is built on.", options: [.json]
    ) { arguments in
        if arguments.has(.json) {
            let object = JSONObject(parts.map { ($0.name, JSONValue.string($0.version)) })
            Output.line(String(decoding: JSONValue.object(object).serialized(), as: UTF8.self))
        } else {
            for part in parts { Output.line("\(part.name) \(part.version)") }
        }
        return .done
    }

    /// Ours first. Libraries say the version that is loaded, not the one compiled against.
    private static var parts: [(name: String, version: String)] {
        [
            ("sluice", Version.current),
            ("swift", compiler),
            ("libpq", libpq),
            ("libcurl", libcurl),
            ("libmicrohttpd", text(MHD_get_version())),
            ("openssl", text(OpenSSL_version(OPENSSL_VERSION_STRING))),
            ("libsodium", text(sodium_version_string())),
        ]
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? "unknown"
    }

    /// `curl_version` lists curl first, as `libcurl/7.88.1`, then what it is built on.
    private static var libcurl: String {
        let name = "libcurl/"
        let first = text(curl_version()).prefix { $0 != " " }
        return first.hasPrefix(name) ? String(first.dropFirst(name.count)) : String(first)
    }

    /// `PQlibVersion`: major × 10000 + minor (PostgreSQL manual, section 34.2).
    private static var libpq: String {
        let number = PQlibVersion()
        return "\(number / 10_000).\(number % 10_000)"
    }

    /// The compiler knows itself only by comparison.
    private static var compiler: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
