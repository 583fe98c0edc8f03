/// A C library's object that threads may share.
///
/// Unchecked, because a pointer says nothing of what it points to. Sound, because only objects go
/// in here that nobody changes or frees once they are made: fetched algorithms, a curve's
/// parameters, a context used for verifying alone. Their libraries document reading from several
/// threads as safe (openssl-threads(7); secp256k1.h, "Opaque data structure").
struct SharedCObject: @unchecked Sendable {
    let pointer: OpaquePointer
}
