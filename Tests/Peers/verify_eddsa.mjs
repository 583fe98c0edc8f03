// Verifies an EdDSA token from the key set alone, with Node's crypto. stdin: {token, jwks}.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const { token, jwks } = JSON.parse(readFileSync(0, "utf8"));
const [header, claims, signature] = token.split(".");
const { kid, alg } = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
const jwk = jwks.keys.find((key) => key.kid === kid && key.alg === alg);
const valid = verify(
  null, Buffer.from(`${header}.${claims}`), createPublicKey({ key: jwk, format: "jwk" }),
  Buffer.from(signature, "base64url"));
process.stdout.write(JSON.stringify({ valid }));
