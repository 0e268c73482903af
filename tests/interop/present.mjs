// Answers a presentation request with an OpenID4VP client, a DCQL engine and an SD-JWT library that nobody here wrote.
// usage: node present.mjs REQUEST_URI STATE_FILE… — STATE_FILEs as written by receive.mjs; prints the verifier's answer as JSON.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setGlobalConfig } from '@openid4vc/oauth2'
import { Openid4vpClient } from '@openid4vc/openid4vp'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { DcqlQuery } from 'dcql'
import { importJWK } from 'jose'
import { callbacksFor } from './callbacks.mjs'

setGlobalConfig({ allowInsecureUrls: true })

const [requestUri, ...stateFiles] = process.argv.slice(2)
const held = stateFiles.map((file) => JSON.parse(readFileSync(file)).copies[0])

const client = new Openid4vpClient({ callbacks: callbacksFor([]) })
const parsed = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: requestUri })
const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parsed.params })
const request = resolved.authorizationRequestPayload

const query = DcqlQuery.parse(request.dcql_query)
DcqlQuery.validate(query)
const match = DcqlQuery.query(
  query,
  held.map(({ claims }) => ({
    credential_format: 'dc+sd-jwt',
    vct: claims.vct,
    claims,
    cryptographic_holder_binding: true,
  }))
)
if (!match.can_be_satisfied) throw new Error(`the held credentials do not satisfy the query: ${JSON.stringify(match)}`)

const frameOf = (paths) => {
  const frame = {}
  for (const path of paths) {
    path.slice(0, -1).reduce((node, key) => (node[key] ??= {}), frame)[path.at(-1)] = true
  }
  return frame
}

const vpToken = {}
for (const [id, result] of Object.entries(match.credential_matches)) {
  if (!result.success) continue
  const { credential, privateJwk } = held[result.valid_credentials[0].input_credential_index]
  const key = await importJWK(privateJwk, 'ES256')
  const holder = new SDJwtVcInstance({
    hasher: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    saltGenerator: (length) => randomBytes(length).toString('hex'),
    kbSigner: async (data) =>
      Buffer.from(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new TextEncoder().encode(data))).toString('base64url'),
    kbSignAlg: 'ES256',
  })
  const asked = query.credentials.find((entry) => entry.id === id)
  const presentation = await holder.present(credential, frameOf((asked.claims ?? []).map(({ path }) => path)), {
    kb: { payload: { iat: Math.floor(Date.now() / 1000), aud: request.client_id, nonce: request.nonce } },
  })
  vpToken[id] = [presentation]
}

const encrypted = request.response_mode === 'direct_post.jwt'
const response = await client.createOpenid4vpAuthorizationResponse({
  authorizationRequestPayload: request,
  clientMetadata: request.client_metadata,
  authorizationResponsePayload: { vp_token: vpToken },
  ...(encrypted && {
    jarm: {
      encryption: { nonce: randomBytes(16).toString('base64url') },
      serverMetadata: {
        authorization_signing_alg_values_supported: [],
        authorization_encryption_alg_values_supported: ['ECDH-ES'],
        authorization_encryption_enc_values_supported: ['A128GCM', 'A256GCM'],
      },
    },
  }),
})
const { response: answer } = await client.submitOpenid4vpAuthorizationResponse({
  authorizationRequestPayload: request,
  authorizationResponsePayload: response.authorizationResponsePayload,
  jarm: response.jarm,
})
console.log(JSON.stringify({ status: answer.status, body: await answer.text(), clientIdPrefix: resolved.client.prefix }))
if (!answer.ok) process.exit(1)
