#pragma once
#include <stddef.h>
#include <stdint.h>

// What a C program would call to verify one signature, given the same bytes; 1 when it holds.
// Keys and signatures have the forms that Sui uses: 32 or 33 bytes, 64 bytes.

int direct_prepare(void);
int direct_ed25519(const uint8_t *signature, const uint8_t *message, size_t length,
                   const uint8_t *key);
int direct_secp256k1(const uint8_t *signature, const uint8_t *message, size_t length,
                     const uint8_t *key);
int direct_secp256r1(const uint8_t *signature, const uint8_t *message, size_t length,
                     const uint8_t *key);

// Deterministic keys and one good signature each, with low s where that matters.
int direct_sign_ed25519(const uint8_t *message, size_t length, uint8_t *signature, uint8_t *key);
int direct_sign_secp256k1(const uint8_t *message, size_t length, uint8_t *signature, uint8_t *key);
int direct_sign_secp256r1(const uint8_t *message, size_t length, uint8_t *signature, uint8_t *key);
