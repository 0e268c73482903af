// The show-licence code as a phone makes it: bytes in, text out. The format is standards/show_code; both meet the same
// vectors. Nothing here knows pages, storage or the network.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const PREFIX = "ELC1:";
const ES256_HEADER = Uint8Array.of(0xa1, 0x01, 0x26); // {1: -7}, RFC 9053 section 2.1
const ECDSA = { name: "ECDSA", hash: "SHA-256" };

/** Seconds that a code is good for. */
export const CODE_SECONDS = 60;

/** Base45 (RFC 9285): letters that a QR symbol holds at 5.5 bits each. */
export const base45 = (bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    let value = at + 1 < bytes.length ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let digits = at + 1 < bytes.length ? 3 : 2; digits > 0; digits -= 1) {
      text += ALPHABET[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
};

export const fromBase64url = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

export const toBase64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

// CBOR (RFC 8949 section 4.2.1): a head of the shortest form for a major type and a number below 2^53.
const head = (major, number) => {
  if (number < 24) return Uint8Array.of((major << 5) | number);
  const size = [1, 2, 4, 8].find((bytes) => number < 2 ** (8 * bytes)) ?? 8;
  const out = new Uint8Array(1 + size);
  out[0] = (major << 5) | (24 + Math.log2(size));
  for (let at = size, rest = number; at > 0; at -= 1, rest = Math.floor(rest / 256)) out[at] = rest % 256;
  return out;
};
const integer = (number) => head(0, number);
const bytesOf = (content) => joined(head(2, content.length), content);
const textOf = (content) => joined(head(3, content.length), new TextEncoder().encode(content));
const list = (...items) => joined(head(4, items.length), ...items);
const EMPTY_MAP = Uint8Array.of(0xa0);

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** What is signed (RFC 9052 section 4.4), with the digest of the delegation as the data from outside. */
export const toBeSigned = async (delegation, payload) =>
  list(textOf("Signature1"), bytesOf(ES256_HEADER), bytesOf(await digest(delegation)), bytesOf(payload));

/** The payload of a code: its instant in seconds since 1970, and eight random bytes. */
export const codePayload = (seconds, random) => list(integer(seconds), bytesOf(random));

/** The name of a code, the same for whoever sees it: base64url of SHA-256(SHA-256(delegation) || payload). */
export const codeId = async (delegation, payload) =>
  toBase64url(await digest(joined(await digest(delegation), payload)));

/** The whole text: licence, delegation and the signed code. */
export const codeText = (licence, delegation, payload, signature) => {
  const code = list(bytesOf(ES256_HEADER), EMPTY_MAP, bytesOf(payload), bytesOf(signature));
  return PREFIX + base45(list(bytesOf(licence), bytesOf(delegation), bytesOf(code)));
};

/** A fresh code: {text, id, seconds}. Scanners trim a space at the end, so none ends in one. */
export const makeCode = async (privateKey, licence, delegation, seconds) => {
  const payload = codePayload(seconds, crypto.getRandomValues(new Uint8Array(8)));
  const signed = await toBeSigned(delegation, payload);
  for (;;) {
    const signature = new Uint8Array(await crypto.subtle.sign(ECDSA, privateKey, signed));
    const text = codeText(licence, delegation, payload, signature);
    if (!text.endsWith(" ")) return { text, id: await codeId(delegation, payload), seconds };
  }
};
