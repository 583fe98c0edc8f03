import CPostgres
import Determinism
import Glibc
import Synchronization

/// Where a `postgresql://` URL leads, and what is said to the server on arrival.
final class ConnectionTarget: Sendable {
    let url: String
    /// Places to try in order, names not yet resolved.
    let hosts: [Endpoint]
    private let resolver: HostResolver

    /// - Throws: ``InvalidDatabaseURL``, which does not repeat the URL: it may hold a password.
    init(url: String, resolver: HostResolver = HostResolver()) throws(InvalidDatabaseURL) {
        self.url = url
        self.resolver = resolver
        hosts = try Self.hosts(in: url)
    }

    /// The addresses of one of ``hosts``. Empty when its name could not be resolved in time.
    func endpoints(of host: Endpoint, until deadline: Deadline) -> [Endpoint] {
        guard let name = host.host, host.address == nil, !Self.isAddress(name) else {
            return [host]
        }
        return resolver.addresses(of: name, until: deadline).map { address in
            Endpoint(host: name, address: address, port: host.port)
        }
    }

    /// Socket folders and literal addresses need no resolver.
    private static func isAddress(_ host: String) -> Bool {
        var buffer = in6_addr()
        return host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@")
            || inet_pton(AF_INET, host, &buffer) == 1 || inet_pton(AF_INET6, host, &buffer) == 1
    }

    private static func hosts(in url: String) throws(InvalidDatabaseURL) -> [Endpoint] {
        var values: [String: String] = [:]
        guard let options = PQconninfoParse(url, nil) else { throw InvalidDatabaseURL() }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        // With explicit addresses, or no host at all, libpq knows what to do without a resolver.
        guard let list = values["host"], values["hostaddr"] == nil else { return [Endpoint()] }
        let ports = values["port"].map(parts) ?? []
        return parts(of: list).enumerated().map { index, host in
            let port = ports.count == 1 ? ports.first : ports.dropFirst(index).first
            return Endpoint(host: host, port: port)
        }
    }

    private static func parts(of list: String) -> [String] {
        list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

/// The text is not a libpq connection URL.
public struct InvalidDatabaseURL: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String { "not a PostgreSQL URL (postgresql://user@host:port/database)" }
}
