/// Why a signature does not count. One reason each, the first found; all are final.
public enum SignatureRefusal: Error, Equatable {
    /// The signature or the public key has not the length of its scheme, in bytes.
    case wrongLength(expected: Int, actual: Int)
    /// One of the fourteen keys under which anybody can make a signature.
    case smallOrderKey
    /// A scalar outside its range: Ed25519 `S ≥ L`, ECDSA `r` or `s` zero or at least n.
    case scalarNotReduced
    /// ECDSA `s` above n/2: the second spelling of a signature.
    case highS
    /// The public key is not the encoding of a point the scheme allows.
    case invalidPublicKey
    /// All is well formed, but this key did not sign this message.
    case mismatch
}
