import Cryptography

/// Why a signature is refused. Raw values are stable: clients, logs and vectors name them.
public enum SuiSignatureError: String, Error, CaseIterable {
    case empty
    case tooLong = "too_long"
    case base64Invalid = "base64_invalid"
    case unknownFlag = "unknown_flag"
    case wrongLength = "wrong_length"
    case trailingBytes = "trailing_bytes"
    /// A length that is not the shortest form of a number below 2³².
    case ulebNotCanonical = "uleb_not_canonical"
    /// Ends inside a value, has an unknown variant, or text that is not UTF-8.
    case bcsInvalid = "bcs_invalid"

    case addressMismatch = "address_mismatch"
    case smallOrderKey = "small_order_key"
    case scalarNotReduced = "scalar_not_reduced"
    case highS = "high_s"
    case invalidPublicKey = "invalid_public_key"
    case signatureMismatch = "signature_mismatch"

    /// The form with Base64 keys and a roaring bitmap, which nodes still read.
    case multisigLegacy = "multisig_legacy"
    case multisigMemberCount = "multisig_member_count"
    case multisigSignatureCount = "multisig_signature_count"
    case multisigWeightZero = "multisig_weight_zero"
    case multisigThreshold = "multisig_threshold"
    case multisigDuplicateMember = "multisig_duplicate_member"
    case multisigBitmap = "multisig_bitmap"
    case multisigSchemeMismatch = "multisig_scheme_mismatch"
    /// A passkey or zkLogin signature of another identity than the member it stands for.
    case multisigMemberMismatch = "multisig_member_mismatch"
    case multisigInsufficientWeight = "multisig_insufficient_weight"

    case passkeyInnerFlag = "passkey_inner_flag"
    /// The client data is not JSON, or lacks a text member, or names one twice.
    case passkeyClientData = "passkey_client_data"
    case passkeyType = "passkey_type"
    /// The challenge is not 32 bytes in unpadded Base64url.
    case passkeyChallenge = "passkey_challenge"
    case passkeyChallengeMismatch = "passkey_challenge_mismatch"

    case zkLoginProofShape = "zklogin_proof_shape"
    case zkLoginNumber = "zklogin_number"
    case zkLoginIss = "zklogin_iss"
    case zkLoginHeader = "zklogin_header"
    case zkLoginIdentifier = "zklogin_identifier"
    case zkLoginEphemeralScheme = "zklogin_ephemeral_scheme"

    public var reason: String { rawValue }

    /// True when the text is no signature at all, whatever was signed and by whom.
    public var isMalformed: Bool {
        switch self {
        case .empty, .tooLong, .base64Invalid, .unknownFlag, .wrongLength, .trailingBytes,
            .ulebNotCanonical, .bcsInvalid, .multisigLegacy, .multisigMemberCount,
            .multisigSignatureCount, .multisigWeightZero, .multisigThreshold,
            .multisigDuplicateMember, .multisigBitmap, .multisigSchemeMismatch,
            .multisigMemberMismatch, .passkeyInnerFlag, .passkeyClientData, .passkeyType,
            .passkeyChallenge, .zkLoginProofShape, .zkLoginNumber, .zkLoginIss, .zkLoginHeader,
            .zkLoginIdentifier, .zkLoginEphemeralScheme:
            true
        case .addressMismatch, .smallOrderKey, .scalarNotReduced, .highS, .invalidPublicKey,
            .signatureMismatch, .multisigInsufficientWeight, .passkeyChallengeMismatch:
            false
        }
    }

    init(_ refusal: SignatureRefusal) {
        self =
            switch refusal {
            case .wrongLength: .wrongLength
            case .smallOrderKey: .smallOrderKey
            case .scalarNotReduced: .scalarNotReduced
            case .highS: .highS
            case .invalidPublicKey: .invalidPublicKey
            case .mismatch: .signatureMismatch
            }
    }
}
