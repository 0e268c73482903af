// Keeps the phone's material for codes fresh: asks the wallet service what there is, has the phone's key delegated for a
// day, and renews that in the background when half of it is over.

import { fromBase64url } from "./show-code.mjs";
import * as store from "./code-store.mjs";

const RENEW_WITH_LEFT = 12 * 3600 * 1000; // milliseconds
const STATE = "/api/v1/show-codes";

/** Somebody has to sign in again (401), or may not show these licences (403); what the phone kept is gone. */
export class SignedOut extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

const ask = async (address, options = {}) => {
  const answer = await fetch(address, { cache: "no-store", headers: { Accept: "application/json" }, ...options });
  if (answer.status === 401 || answer.status === 403) {
    await store.forget();
    throw new SignedOut(answer.status);
  }
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
};

/** The phone's key: made here, never to be read out, replaced only when everything is forgotten. */
export const phoneKey = async () => {
  const kept = await store.read("key");
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  await store.write("key", made);
  return made;
};

/** What the phone can show by itself right now, or undefined. */
export const keptDay = async () => {
  const day = await store.read("day");
  return day && day.licences ? day : undefined;
};

/** Milliseconds since 1970 by the wallet service's clock, as far as the phone heard it. */
export const now = (day) => Date.now() + (day?.clockOffset ?? 0);

const needsDelegation = (licence, known, at) =>
  licence.can_show && (!known?.delegation || known.copy !== licence.copy || known.expires - at < RENEW_WITH_LEFT);

/** Ask the service, renew what runs out, keep the result. Throws SignedOut, or what the network threw. */
export const refreshDay = async () => {
  const asked = Date.now();
  const state = await ask(STATE);
  const clockOffset = Date.parse(state.at) - (asked + Date.now()) / 2;
  let before = await keptDay();
  if (before && before.boundTo !== state.bound_to) {
    await store.forget();
    before = undefined;
  }
  const at = Date.now() + clockOffset;
  const known = new Map((before?.licences ?? []).map((licence) => [licence.id, licence]));
  const wanted = state.licences.filter((licence) => needsDelegation(licence, known.get(licence.id), at));
  const fresh = new Map();
  if (wanted.length > 0) {
    const { publicKey } = await phoneKey();
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
    const made = await ask(`${STATE}/delegations`, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": state.csrf_token },
      body: JSON.stringify({ phone_key: { kty, crv, x, y }, licences: wanted.map((licence) => licence.id) }),
    });
    for (const one of made.delegations) {
      fresh.set(one.id, {
        copy: one.copy,
        compact: fromBase64url(one.licence),
        delegation: fromBase64url(one.delegation),
        expires: Date.parse(one.expires_at),
      });
    }
  }
  const licences = state.licences.map((licence) => {
    const material = fresh.get(licence.id) ?? known.get(licence.id);
    if (!licence.can_show || !material?.delegation) return licence;
    const { copy, compact, delegation, expires } = material;
    return { ...licence, copy, compact, delegation, expires };
  });
  const day = {
    boundTo: state.bound_to,
    clockOffset,
    heardAt: Date.now(),
    person: state.person,
    actingFor: state.acting_for,
    portrait: state.portrait,
    licences,
  };
  await store.write("day", day);
  return day;
};

/** Uses of codes of this wallet after a cursor: {uses, cursor}. */
export const usesAfter = (cursor) => ask(`${STATE}/uses?after=${encodeURIComponent(cursor ?? "")}`);

export { forget } from "./code-store.mjs";
