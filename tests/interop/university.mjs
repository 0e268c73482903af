// A university: issues diplomas and asks for them, with an OpenID4VCI issuer, an OAuth server, an OpenID4VP verifier and an SD-JWT
// library that nobody here wrote.
// usage: node university.mjs CONFIG — {privateJwk, x5c}; prints its port, serves until its input ends.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Oauth2AuthorizationServer, Oauth2ResourceServer, preAuthorizedCodeGrantIdentifier, setGlobalConfig } from '@openid4vc/oauth2'
import { Openid4vciIssuer, Openid4vciVersion } from '@openid4vc/openid4vci'
import { Openid4vpVerifier } from '@openid4vc/openid4vp'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { SignJWT, calculateJwkThumbprint, compactDecrypt, exportJWK, generateKeyPair, importJWK, importX509, jwtVerify } from 'jose'
import { callbacksFor } from './callbacks.mjs'

setGlobalConfig({ allowInsecureUrls: true }) // the wallet under test speaks http on loopback

const VCT = 'https://university.example/diploma'
const { privateJwk, x5c } = JSON.parse(readFileSync(process.argv[2]))
const { d, ...publicJwk } = privateJwk
const signingKey = await importJWK(privateJwk, 'ES256')
const encryptionKeys = new Map()

const callbacks = {
  ...callbacksFor([privateJwk]),
  fetch,
  signJwt: async (signer, { header, payload }) => ({
    jwt: await new SignJWT(payload).setProtectedHeader(header).sign(signingKey),
    signerJwk: publicJwk,
  }),
  decryptJwe: async (jwe, options) => {
    const { kid } = JSON.parse(Buffer.from(jwe.split('.')[0], 'base64url'))
    const jwk = encryptionKeys.get(kid)
    const { plaintext } = await compactDecrypt(jwe, await importJWK(jwk, 'ECDH-ES'))
    return { decrypted: true, decryptionJwk: jwk, payload: new TextDecoder().decode(plaintext) }
  },
}
const hasher = (data, alg) => createHash(alg.replace('-', '')).update(data).digest()
const saltGenerator = (length) => randomBytes(length).toString('hex')
const signedBy = async (data, signature, key) =>
  crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(signature, 'base64url'), new TextEncoder().encode(data))
const subtleKey = (jwk, use) => crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, [use])
const ownPublic = await subtleKey(publicJwk, 'verify')
const ownPrivate = await subtleKey(privateJwk, 'sign')

const issuer = new Openid4vciIssuer({ callbacks })
const server = new Oauth2AuthorizationServer({ callbacks })
const resource = new Oauth2ResourceServer({ callbacks })
const verifier = new Openid4vpVerifier({ callbacks })
const diplomas = new SDJwtVcInstance({
  hasher,
  hashAlg: 'sha-256',
  saltGenerator,
  signAlg: 'ES256',
  signer: async (data) =>
    Buffer.from(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, ownPrivate, new TextEncoder().encode(data))).toString('base64url'),
  verifier: async (data, signature) => signedBy(data, signature, ownPublic),
  kbVerifier: async (data, signature, payload) => signedBy(data, signature, await subtleKey(payload.cnf.jwk, 'verify')),
})

const offers = new Map() // code → {claims, txCode}
const tokens = new Map() // access token → offer
const nonces = new Set()
const requests = new Map() // id → {payload, jar, answer}
const notifications = []
let origin

const metadata = () => ({
  originalDraftVersion: Openid4vciVersion.V1,
  credentialIssuer: issuer.createCredentialIssuerMetadata({
    credential_issuer: origin,
    credential_endpoint: `${origin}/credential`,
    nonce_endpoint: `${origin}/nonce`,
    notification_endpoint: `${origin}/notification`,
    batch_credential_issuance: { batch_size: 3 },
    display: [{ name: 'University', locale: 'en' }],
    credential_configurations_supported: {
      diploma: {
        format: 'dc+sd-jwt',
        vct: VCT,
        scope: 'diploma',
        cryptographic_binding_methods_supported: ['jwk'],
        credential_signing_alg_values_supported: ['ES256'],
        proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
        credential_metadata: { display: [{ name: 'Diploma', locale: 'en' }] },
      },
    },
  }),
  authorizationServers: [authorizationServer()],
  knownCredentialConfigurations: {},
})
const authorizationServer = () =>
  server.createAuthorizationServerMetadata({
    issuer: origin,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    grant_types_supported: [preAuthorizedCodeGrantIdentifier],
    dpop_signing_alg_values_supported: ['ES256'],
    'pre-authorized_grant_anonymous_access_supported': true,
  })

const like = (request, path) => ({ headers: new Headers(request.headers), method: request.method, url: `${origin}${path}` })

async function issue(claims, keys) {
  const now = Math.floor(Date.now() / 1000)
  return Promise.all(
    keys.map(async (jwk) => ({
      credential: await diplomas.issue(
        { iss: origin, iat: now, exp: now + 86400 * 365, vct: VCT, cnf: { jwk }, ...claims },
        { _sd: Object.keys(claims) },
        { header: { typ: 'dc+sd-jwt', x5c } }
      ),
    }))
  )
}

const routes = {
  'GET /.well-known/openid-credential-issuer': () => metadata().credentialIssuer,
  'GET /.well-known/oauth-authorization-server': () => authorizationServer(),
  'GET /jwks': () => ({ keys: [{ ...publicJwk, kid: 'university', alg: 'ES256', use: 'sig' }] }),
  'POST /token': async (request, body) => {
    const parsed = server.parseAccessTokenRequest({
      request: like(request, '/token'),
      accessTokenRequest: Object.fromEntries(new URLSearchParams(body)),
    })
    const code = parsed.grant.preAuthorizedCode
    const offer = offers.get(code)
    if (!offer) throw new Error('no such offer')
    const { dpop } = await server.verifyPreAuthorizedCodeAccessTokenRequest({
      authorizationServerMetadata: authorizationServer(),
      grant: parsed.grant,
      accessTokenRequest: parsed.accessTokenRequest,
      request: like(request, '/token'),
      expectedPreAuthorizedCode: code,
      expectedTxCode: offer.txCode,
      dpop: { ...parsed.dpop, required: true, allowedSigningAlgs: ['ES256'] },
    })
    offers.delete(code)
    const answer = await server.createAccessTokenResponse({
      authorizationServer: origin,
      audience: origin,
      subject: 'student',
      expiresInSeconds: 300,
      signer: { method: 'jwk', alg: 'ES256', publicJwk: { ...publicJwk, kid: 'university' } },
      dpop: { jwk: dpop.jwk },
    })
    tokens.set(answer.access_token, offer)
    return answer
  },
  'POST /nonce': () => {
    const nonce = randomBytes(16).toString('base64url')
    nonces.add(nonce)
    return issuer.createNonceResponse({ cNonce: nonce, cNonceExpiresIn: 60 })
  },
  'POST /credential': async (request, body) => {
    const offer = await offerOf(request, '/credential')
    const parsed = issuer.parseCredentialRequest({ issuerMetadata: metadata(), credentialRequest: JSON.parse(body) })
    if (parsed.credentialConfigurationId !== 'diploma') throw new Error('another configuration')
    const keys = []
    for (const jwt of parsed.proofs.jwt) {
      const { nonce } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'))
      if (!nonces.has(nonce)) throw new Error('not our nonce')
      const { signer } = await issuer.verifyCredentialRequestJwtProof({
        issuerMetadata: metadata(),
        jwt,
        expectedNonce: nonce,
        nonceExpiresAt: new Date(Date.now() + 60_000),
      })
      keys.push(signer.publicJwk)
    }
    const credentials = await issue(offer.claims, keys)
    const notificationId = randomBytes(8).toString('hex')
    return issuer.createCredentialResponse({ credentialRequest: parsed, credentials, notificationId })
  },
  'POST /notification': async (request, body) => {
    await offerOf(request, '/notification')
    notifications.push(JSON.parse(body))
    return { status: 204 }
  },
  // what the test asks of the university
  'POST /test/offer': async (_, body) => {
    const { claims, txCode } = JSON.parse(body)
    const code = randomBytes(16).toString('base64url')
    offers.set(code, { claims, txCode })
    const { credentialOffer } = await issuer.createCredentialOffer({
      issuerMetadata: metadata(),
      credentialConfigurationIds: ['diploma'],
      grants: {
        [preAuthorizedCodeGrantIdentifier]: {
          'pre-authorized_code': code,
          ...(txCode && { tx_code: { input_mode: 'numeric', length: txCode.length } }),
        },
      },
    })
    return { uri: credentialOffer }
  },
  'POST /test/ask': async (_, body) => {
    const { query, responseMode, clientId } = JSON.parse(body)
    const id = randomBytes(8).toString('hex')
    const { privateKey } = await generateKeyPair('ECDH-ES', { extractable: true, crv: 'P-256' })
    const secret = await exportJWK(privateKey)
    const kid = await calculateJwkThumbprint(secret)
    encryptionKeys.set(kid, secret)
    const { d: _d, ...shown } = secret
    const payload = {
      response_type: 'vp_token',
      response_mode: responseMode,
      client_id: clientId,
      nonce: randomBytes(24).toString('base64url'),
      state: randomBytes(8).toString('base64url'),
      response_uri: `${origin}/response/${id}`,
      dcql_query: query,
      client_metadata: {
        vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
        ...(responseMode === 'direct_post.jwt' && {
          jwks: { keys: [{ ...shown, kid, alg: 'ECDH-ES', use: 'enc' }] },
          encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'],
        }),
      },
    }
    const made = await verifier.createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: payload,
      jar: {
        requestUri: `${origin}/request/${id}`,
        jwtSigner: { method: 'x5c', alg: 'ES256', x5c },
        expiresInSeconds: 300,
        additionalJwtPayload: { aud: 'https://self-issued.me/v2' },
      },
    })
    requests.set(id, { payload, jar: made.jar.authorizationRequestJwt })
    return { id, uri: made.authorizationRequest }
  },
  'GET /test/notifications': () => notifications,
}

async function offerOf(request, path) {
  await resource.verifyResourceRequest({
    authorizationServers: [authorizationServer()],
    request: like(request, path),
    resourceServer: origin,
    allowedAuthenticationSchemes: ['DPoP'],
  })
  return tokens.get(request.headers.authorization.split(' ')[1])
}

async function receiveAnswer(id, body) {
  const asked = requests.get(id)
  const { authorizationResponsePayload, dcql } = await verifier.parseOpenid4vpAuthorizationResponse({
    authorizationResponse: Object.fromEntries(new URLSearchParams(body)),
    authorizationRequestPayload: asked.payload,
    callbacks,
  })
  if (authorizationResponsePayload.state !== asked.payload.state) throw new Error('another state')
  asked.answer = {}
  for (const [query, presentations] of Object.entries(dcql.presentations)) {
    asked.answer[query] = await Promise.all(
      [presentations].flat().map(async (text) => {
        const { payload, kb } = await diplomas.verify(text, { keyBindingNonce: asked.payload.nonce })
        if (kb.payload.aud !== asked.payload.client_id) throw new Error('for another audience')
        return payload
      })
    )
  }
  return {}
}

const http = createServer(async (request, response) => {
  const body = await new Promise((resolve) => {
    const parts = []
    request.on('data', (part) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts).toString()))
  })
  const path = request.url.split('?')[0]
  const [, kind, id] = path.split('/')
  try {
    let answer
    if (kind === 'request') answer = { type: 'application/oauth-authz-req+jwt', text: requests.get(id).jar }
    else if (kind === 'response') answer = { body: await receiveAnswer(id, body) }
    else if (kind === 'answer') answer = { body: requests.get(id).answer ?? null }
    else answer = await routes[`${request.method} ${path}`](request, body)
    const wrapped = answer && ('status' in answer || 'text' in answer || 'body' in answer) ? answer : { body: answer }
    response.writeHead(wrapped.status ?? 200, { 'Content-Type': wrapped.type ?? 'application/json', 'Cache-Control': 'no-store' })
    response.end(wrapped.text ?? (wrapped.body === undefined ? '' : JSON.stringify(wrapped.body)))
  } catch (error) {
    console.error(request.method, path, error)
    response.writeHead(400, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(error.errorResponse ?? { error: 'invalid_request', error_description: String(error.message) }))
  }
})
http.listen(0, '127.0.0.1', () => {
  origin = `http://localhost:${http.address().port}`
  console.log(http.address().port)
})
process.stdin.resume().on('end', () => process.exit(0))
