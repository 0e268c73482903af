// Receives a credential offer with an OpenID4VCI client that nobody here wrote.
// usage: node receive.mjs OFFER_URI STATE_FILE COPIES [TX_CODE] — writes {copies: [{credential, privateJwk}], notified} to STATE_FILE.
import { createHash, createVerify, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { Openid4vciClient } from '@openid4vc/openid4vci'
import { setGlobalConfig } from '@openid4vc/oauth2'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { exportJWK, generateKeyPair } from 'jose'
import { callbacksFor, x509Of } from './callbacks.mjs'

setGlobalConfig({ allowInsecureUrls: true }) // the node under test speaks http on loopback

const [offerUri, stateFile, copies, txCode] = process.argv.slice(2)

const newKey = async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return exportJWK(privateKey)
}
const publicOf = ({ d, ...jwk }) => jwk

const holderKeys = await Promise.all(Array.from({ length: Number(copies) }, newKey))
const dpopKey = await newKey()
const client = new Openid4vciClient({ callbacks: callbacksFor([...holderKeys, dpopKey]) })

const credentialOffer = await client.resolveCredentialOffer(offerUri)
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer)
const [credentialConfigurationId] = credentialOffer.credential_configuration_ids
const { accessTokenResponse, dpop } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
  credentialOffer,
  issuerMetadata,
  txCode,
  dpop: { signer: { method: 'jwk', alg: 'ES256', publicJwk: publicOf(dpopKey) } },
})
const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata })
const proofs = await Promise.all(
  holderKeys.map((key) =>
    client.createCredentialRequestJwtProof({
      issuerMetadata,
      credentialConfigurationId,
      nonce,
      signer: { method: 'jwk', alg: 'ES256', publicJwk: publicOf(key) },
    })
  )
)
const { credentialResponse } = await client.retrieveCredentials({
  issuerMetadata,
  credentialConfigurationId,
  accessToken: accessTokenResponse.access_token,
  proofs: { jwt: proofs.map(({ jwt }) => jwt) },
  dpop: accessTokenResponse.token_type === 'DPoP' ? dpop : undefined,
})

const reader = new SDJwtVcInstance({
  hasher: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
  hashAlg: 'sha-256',
  saltGenerator: (length) => randomBytes(length).toString('hex'),
  verifier: async () => true, // the signature is checked below, against the certificate in the header
})
const received = []
for (const [index, { credential }] of credentialResponse.credentials.entries()) {
  const decoded = await reader.decode(credential)
  const { header } = decoded.jwt
  const [signingInput, signature] = [credential.split('~')[0].split('.').slice(0, 2).join('.'), credential.split('~')[0].split('.')[2]]
  const genuine = createVerify('sha256')
    .update(signingInput)
    .verify({ key: x509Of(header.x5c[0]).publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  if (!genuine) throw new Error('the issuer’s signature does not verify')
  const privateJwk = holderKeys.find((key) => key.x === decoded.jwt.payload.cnf.jwk.x)
  if (!privateJwk) throw new Error(`copy ${index} is bound to a key that is not ours`)
  received.push({ credential, privateJwk, claims: await decoded.getClaims((data) => createHash('sha256').update(data).digest()), typ: header.typ })
}

let notified = false
if (credentialResponse.notification_id) {
  await client.sendNotification({
    issuerMetadata,
    notification: { notificationId: credentialResponse.notification_id, event: 'credential_accepted' },
    accessToken: accessTokenResponse.access_token,
    dpop: accessTokenResponse.token_type === 'DPoP' ? dpop : undefined,
  })
  notified = true
}
writeFileSync(stateFile, JSON.stringify({ copies: received, tokenType: accessTokenResponse.token_type, notified }))
