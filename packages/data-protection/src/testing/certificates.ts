import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { pki } from 'node-forge';
import type { Certificate } from '../at-rest/certificates/certificate.ts';
import vectors from './vectors.json';

/** A certificate and key of its own at each call. */
export function selfSigned(
  validity: { readonly from?: Date; readonly to?: Date; readonly modulusLength?: number } = {},
): Required<Certificate> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: validity.modulusLength ?? 2048 });
  const key = pki.privateKeyFromPem(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = validity.from ?? new Date('2026-01-01T00:00:00Z');
  certificate.validity.notAfter = validity.to ?? new Date('2046-01-01T00:00:00Z');
  certificate.setSubject([{ name: 'commonName', value: 'test' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'test' }]);
  certificate.sign(key);
  return { x509: new X509Certificate(pki.certificateToPem(certificate)), privateKey };
}

/** The throw-away certificate and key of the vectors. */
export function vectorCertificate(): Required<Certificate> {
  const { certificateBase64Der, testOnlyPrivateKeyPkcs8Base64Der } = vectors.keyXml.x509;
  return {
    x509: new X509Certificate(Buffer.from(certificateBase64Der, 'base64')),
    privateKey: createPrivateKey({
      key: Buffer.from(testOnlyPrivateKeyPkcs8Base64Der, 'base64'),
      format: 'der',
      type: 'pkcs8',
    }),
  };
}
