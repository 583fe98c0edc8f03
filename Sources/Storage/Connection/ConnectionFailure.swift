/// Why there is no connection, in words for our log. libpq never puts a password into them.
struct ConnectionFailure: Error {
    var reason: String
}
