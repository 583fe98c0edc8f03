import COpenSSL

/// OpenSSL's named parameters (OSSL_PARAM(3)); an array of them ends with ``end``.
enum Parameter {
    static var end: OSSL_PARAM { OSSL_PARAM_construct_end() }

    static func text(_ name: StaticString, _ value: StaticString) -> OSSL_PARAM {
        // Taken as mutable because one type serves for reading and writing; only read here.
        OSSL_PARAM_construct_utf8_string(
            characters(of: name), UnsafeMutablePointer(mutating: characters(of: value)), 0)
    }

    /// The result must not outlive `value`.
    static func octets(_ name: StaticString, _ value: UnsafeRawBufferPointer) -> OSSL_PARAM {
        OSSL_PARAM_construct_octet_string(
            characters(of: name), UnsafeMutableRawPointer(mutating: value.baseAddress),
            value.count)
    }

    /// Static strings end with a zero and never go away.
    private static func characters(of text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
