/// One place at which the server may listen.
struct Endpoint: Equatable, Sendable {
    /// A name, an address or the folder of a Unix socket; nil leaves the choice to libpq.
    var host: String?
    /// The address to connect to, when `host` is a name. `host` still names what a certificate
    /// must show.
    var address: String?
    var port: String?
}
