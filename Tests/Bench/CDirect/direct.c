#include "CDirect.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <secp256k1.h>
#include <sodium.h>
#include <string.h>

static secp256k1_context *context;
static EVP_PKEY *curve;

int direct_prepare(void) {
    context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM names[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0),
        OSSL_PARAM_construct_end(),
    };
    int made = EVP_PKEY_fromdata_init(maker) == 1 &&
               EVP_PKEY_fromdata(maker, &curve, EVP_PKEY_KEY_PARAMETERS, names) == 1;
    EVP_PKEY_CTX_free(maker);
    return sodium_init() >= 0 && context && made;
}

int direct_ed25519(const uint8_t *signature, const uint8_t *message, size_t length,
                   const uint8_t *key) {
    return crypto_sign_ed25519_verify_detached(signature, message, length, key) == 0;
}

int direct_secp256k1(const uint8_t *signature, const uint8_t *message, size_t length,
                     const uint8_t *key) {
    secp256k1_pubkey point;
    secp256k1_ecdsa_signature scalars;
    uint8_t hash[32];
    SHA256(message, length, hash);
    return secp256k1_ec_pubkey_parse(context, &point, key, 33) == 1 &&
           secp256k1_ecdsa_signature_parse_compact(context, &scalars, signature) == 1 &&
           secp256k1_ecdsa_verify(context, &scalars, hash, &point) == 1;
}

int direct_secp256r1(const uint8_t *signature, const uint8_t *message, size_t length,
                     const uint8_t *key) {
    uint8_t hash[32], *der = NULL;
    SHA256(message, length, hash);
    EVP_PKEY *point = EVP_PKEY_dup(curve);
    ECDSA_SIG *scalars = ECDSA_SIG_new();
    ECDSA_SIG_set0(scalars, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL));
    int der_length = i2d_ECDSA_SIG(scalars, &der);
    EVP_PKEY_CTX *verifier = NULL;
    int holds = EVP_PKEY_set1_encoded_public_key(point, key, 33) == 1 &&
                (verifier = EVP_PKEY_CTX_new(point, NULL)) &&
                EVP_PKEY_verify_init(verifier) == 1 &&
                EVP_PKEY_verify(verifier, der, (size_t)der_length, hash, 32) == 1;
    EVP_PKEY_CTX_free(verifier);
    EVP_PKEY_free(point);
    ECDSA_SIG_free(scalars);
    OPENSSL_free(der);
    return holds;
}

int direct_sign_ed25519(const uint8_t *message, size_t length, uint8_t *signature, uint8_t *key) {
    uint8_t seed[32], secret[64];
    memset(seed, 1, sizeof seed);
    return crypto_sign_seed_keypair(key, secret, seed) == 0 &&
           crypto_sign_detached(signature, NULL, message, length, secret) == 0;
}

int direct_sign_secp256k1(const uint8_t *message, size_t length, uint8_t *signature, uint8_t *key) {
    uint8_t secret[32], hash[32];
    size_t key_length = 33;
    secp256k1_pubkey point;
    secp256k1_ecdsa_signature scalars;
    memset(secret, 2, sizeof secret);
    SHA256(message, length, hash);
    return secp256k1_ec_pubkey_create(context, &point, secret) == 1 &&
           secp256k1_ec_pubkey_serialize(
               context, key, &key_length, &point, SECP256K1_EC_COMPRESSED) == 1 &&
           secp256k1_ecdsa_sign(context, &scalars, hash, secret, NULL, NULL) == 1 &&
           secp256k1_ecdsa_signature_serialize_compact(context, signature, &scalars) == 1;
}

// The second of the two values of s is the first one's negative; the smaller is the one taken.
static void lower(BIGNUM *s, const EC_GROUP *group) {
    BIGNUM *negative = BN_new();
    BN_sub(negative, EC_GROUP_get0_order(group), s);
    if (BN_cmp(negative, s) < 0) BN_copy(s, negative);
    BN_free(negative);
}

int direct_sign_secp256r1(const uint8_t *message, size_t length, uint8_t *signature, uint8_t *key) {
    uint8_t hash[32], der[80];
    size_t der_length = sizeof der, key_length = 0;
    SHA256(message, length, hash);
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    EVP_PKEY_CTX *signer = EVP_PKEY_CTX_new(pair, NULL);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    int made = EVP_PKEY_set_utf8_string_param(
                   pair, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed") == 1 &&
               EVP_PKEY_get_octet_string_param(
                   pair, OSSL_PKEY_PARAM_PUB_KEY, key, 33, &key_length) == 1 &&
               key_length == 33 && EVP_PKEY_sign_init(signer) == 1 &&
               EVP_PKEY_sign(signer, der, &der_length, hash, 32) == 1;
    const uint8_t *at = der;
    ECDSA_SIG *scalars = made ? d2i_ECDSA_SIG(NULL, &at, (long)der_length) : NULL;
    if (scalars) {
        BIGNUM *s = BN_dup(ECDSA_SIG_get0_s(scalars));
        lower(s, group);
        made = BN_bn2binpad(ECDSA_SIG_get0_r(scalars), signature, 32) == 32 &&
               BN_bn2binpad(s, signature + 32, 32) == 32;
        BN_free(s);
    }
    ECDSA_SIG_free(scalars);
    EC_GROUP_free(group);
    EVP_PKEY_CTX_free(signer);
    EVP_PKEY_free(pair);
    return made;
}
