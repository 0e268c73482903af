// Makes codes as a phone does, for the test that holds them against the vectors and against Python.
import { readFileSync } from "node:fs";

const phone = await import(process.argv[2]);
const vectors = JSON.parse(readFileSync(process.argv[3], "utf8"));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (content) => Buffer.from(content).toString("hex");

const { x, y } = vectors.keys.phone.public;
const d = Buffer.from(vectors.keys.phone.private_number.toString(16).padStart(64, "0"), "hex").toString("base64url");
const key = await crypto.subtle.importKey(
  "jwk",
  { kty: "EC", crv: "P-256", x, y, d },
  { name: "ECDSA", namedCurve: "P-256" },
  false,
  ["sign"],
);

const made = [];
for (const vector of vectors.codes) {
  const [licence, delegation, payload] = [vector.licence, vector.delegation, vector.code_payload].map(bytes);
  const signature = bytes(vector.code).slice(-64);
  const fresh = await phone.makeCode(key, licence, delegation, vectors.at);
  made.push({
    payload: hex(phone.codePayload(vectors.at + 8, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))),
    signing_input: hex(await phone.toBeSigned(delegation, payload)),
    id: await phone.codeId(delegation, payload),
    text: phone.codeText(licence, delegation, payload, signature),
    fresh: fresh.text,
    fresh_id: fresh.id,
  });
}
process.stdout.write(JSON.stringify(made));
