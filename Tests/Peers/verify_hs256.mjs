// Verifies an HS256 token with nothing but Node's crypto. Input on stdin: {token, secret}.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

const { token, secret } = JSON.parse(readFileSync(0, "utf8"));
const [header, claims, signature] = token.split(".");
const expected = createHmac("sha256", Buffer.from(secret, "utf8")).update(`${header}.${claims}`).digest();
const given = Buffer.from(signature, "base64url");
const valid = given.length === expected.length && timingSafeEqual(given, expected);
const parse = (part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
process.stdout.write(JSON.stringify({ valid, header: parse(header), claims: parse(claims) }));
