// The cryptography that the independent protocol library asks its host for: WebCrypto by way of `jose`, nothing of ours.
import { X509Certificate, createHash, randomBytes } from 'node:crypto'
import { clientAuthenticationAnonymous } from '@openid4vc/oauth2'
import { CompactEncrypt, SignJWT, exportJWK, importJWK, importX509, jwtVerify } from 'jose'

const pem = (der) => `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----`

export const x509Of = (der) => new X509Certificate(Buffer.from(der, 'base64'))

export function callbacksFor(privateJwks) {
  const privateOf = (publicJwk) => privateJwks.find((jwk) => jwk.x === publicJwk.x)
  return {
    hash: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
    generateRandom: (length) => randomBytes(length),
    clientAuthentication: clientAuthenticationAnonymous(),
    signJwt: async (signer, { header, payload }) => {
      const key = await importJWK(privateOf(signer.publicJwk), signer.alg)
      return { jwt: await new SignJWT(payload).setProtectedHeader(header).sign(key), signerJwk: signer.publicJwk }
    },
    verifyJwt: async (signer, { compact }) => {
      const key =
        signer.method === 'x5c' ? await importX509(pem(signer.x5c[0]), signer.alg) : await importJWK(signer.publicJwk, signer.alg)
      await jwtVerify(compact, key)
      return { verified: true, signerJwk: await exportJWK(key) }
    },
    encryptJwe: async (encryptor, data) => {
      const jwe = await new CompactEncrypt(new TextEncoder().encode(data))
        .setProtectedHeader({ alg: encryptor.publicJwk.alg, enc: encryptor.enc, kid: encryptor.publicJwk.kid })
        .encrypt(await importJWK(encryptor.publicJwk, encryptor.publicJwk.alg))
      return { encryptionJwk: encryptor.publicJwk, jwe }
    },
    decryptJwe: async () => ({ decrypted: false }),
    getX509CertificateMetadata: (certificate) => {
      const names = (x509Of(certificate).subjectAltName ?? '').split(', ')
      const of = (kind) => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length))
      return { sanDnsNames: of('DNS:'), sanUriNames: of('URI:') }
    },
  }
}
