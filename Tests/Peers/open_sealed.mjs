// Opens a sealed secret as any Node program would. Input on stdin: {sealed, key (hex), context}.
import { createDecipheriv } from "node:crypto";
import { readFileSync } from "node:fs";

const { sealed, key, context } = JSON.parse(readFileSync(0, "utf8"));
const fields = sealed.split(":");
const [iv, tag, ciphertext] = fields.slice(-3).map((field) => Buffer.from(field, "base64"));
const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "hex"), iv, { authTagLength: 16 });
decipher.setAAD(Buffer.from(context, "utf8"));
decipher.setAuthTag(tag);
const opened = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
process.stdout.write(JSON.stringify({ opened: opened.toString("hex"), ivBytes: iv.length }));
