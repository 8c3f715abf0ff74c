/** What programs need that look after rings for applications. */
export { openCertificate } from './at-rest/certificates/certificate-file.ts';
export { decryptSecrets, encryptSecrets, type XmlDecryptors } from './at-rest/encrypted-secret.ts';
export { xmlDecryptors } from './at-rest/decryptors.ts';
export { elementFacts, type ElementFacts } from './keys/element-facts.ts';
export { dateOf, instantOf } from './time/instant.ts';
export { usualLifetimeDays } from './keys/key-lifetime.ts';
export { policyPath, readPolicyFile } from './location/policy-file.ts';
