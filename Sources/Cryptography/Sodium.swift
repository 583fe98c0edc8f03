import CSodium

/// libsodium as a whole.
enum Sodium {
    /// Whether `sodium_init` has run, which this makes happen: once, whoever asks first, other
    /// threads waiting (a static's initialisation is). Until then `sodium_malloc` aborts and the
    /// fast implementations are not chosen.
    static let isReady = sodium_init() >= 0
}
