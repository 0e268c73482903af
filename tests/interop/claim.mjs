// Claims licences by the authorisation code flow with an OAuth and OpenID4VCI client that nobody here wrote.
// usage: node claim.mjs push STATE_FILE — reads {issuer, server, clientId, redirectUri, scope, attestation, instanceJwk}, adds {url, pkce, state}
//        node claim.mjs redeem STATE_FILE CALLBACK_URL CONFIGURATION_ID — adds {token, credential}
import { readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { Openid4vciClient } from '@openid4vc/openid4vci'
import { Oauth2Client, clientAuthenticationClientAttestationJwt, setGlobalConfig } from '@openid4vc/oauth2'
import { exportJWK, generateKeyPair } from 'jose'
import { callbacksFor } from './callbacks.mjs'

setGlobalConfig({ allowInsecureUrls: true }) // the node under test speaks http on loopback

const [step, stateFile, callback, credentialConfigurationId] = process.argv.slice(2)
const state = JSON.parse(readFileSync(stateFile))
const publicOf = ({ d, ...jwk }) => jwk
const { privateKey } = await generateKeyPair('ES256', { extractable: true })
const holderKey = await exportJWK(privateKey)

const callbacks = callbacksFor([state.instanceJwk, holderKey])
callbacks.clientAuthentication = clientAuthenticationClientAttestationJwt({
  clientAttestationJwt: state.attestation,
  callbacks,
})
const client = new Openid4vciClient({ callbacks })
const oauth = new Oauth2Client({ callbacks })
const dpop = { signer: { method: 'jwk', alg: 'ES256', publicJwk: publicOf(state.instanceJwk) } }
const authorizationServerMetadata = await oauth.fetchAuthorizationServerMetadata(state.server)

if (step === 'push') {
  state.state = randomBytes(16).toString('hex')
  const { authorizationRequestUrl, pkce } = await oauth.createAuthorizationRequestUrl({
    authorizationServerMetadata,
    clientId: state.clientId,
    redirectUri: state.redirectUri,
    scope: state.scope,
    state: state.state,
    dpop,
  })
  Object.assign(state, { url: authorizationRequestUrl, pkce })
} else {
  const answer = client.parseAndVerifyAuthorizationResponseRedirectUrl({ url: callback, authorizationServerMetadata })
  if (answer.error || answer.state !== state.state) throw new Error(`refused: ${JSON.stringify(answer)}`)
  const { accessTokenResponse } = await oauth.retrieveAuthorizationCodeAccessToken({
    authorizationServerMetadata,
    authorizationCode: answer.code,
    pkceCodeVerifier: state.pkce.codeVerifier,
    redirectUri: state.redirectUri,
    dpop,
  })
  const issuerMetadata = await client.resolveIssuerMetadata(state.issuer)
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata })
  const { jwt } = await client.createCredentialRequestJwtProof({
    issuerMetadata,
    credentialConfigurationId,
    nonce,
    signer: { method: 'jwk', alg: 'ES256', publicJwk: publicOf(holderKey) },
  })
  const { credentialResponse } = await client.retrieveCredentials({
    issuerMetadata,
    credentialConfigurationId,
    accessToken: accessTokenResponse.access_token,
    proofs: { jwt: [jwt] },
    dpop,
  })
  await client.sendNotification({
    issuerMetadata,
    notification: { notificationId: credentialResponse.notification_id, event: 'credential_accepted' },
    accessToken: accessTokenResponse.access_token,
    dpop,
  })
  Object.assign(state, { token: accessTokenResponse, credential: credentialResponse.credentials[0].credential })
}
writeFileSync(stateFile, JSON.stringify(state))
