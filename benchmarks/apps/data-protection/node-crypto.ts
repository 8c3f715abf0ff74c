import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import { plaintextOf, purposes, serveJobs } from './jobs.ts';

/**
 * The calls of node:crypto that one payload takes, AES-256-CBC with HMACSHA256, and nothing else: inputs are there,
 * keys and results are left where they are. Nobody who calls node:crypto can be faster, unless he calls it less often.
 */
const masterKey = createSecretKey(randomBytes(64));
const [cipherKey, macKey, iv] = [randomBytes(32), randomBytes(32), randomBytes(16)];
const contextHeaderBytes = 66;
const additionalDataBytes = 24 + purposes.reduce((sum, purpose) => sum + 1 + Buffer.byteLength(purpose), 0);
const derivationInput = randomBytes(4 + additionalDataBytes + 1 + contextHeaderBytes + 16 + 4);
const random = Buffer.alloc(32);

await serveJobs((job) => {
  if (job.operation === 'load') throw new Error('node:crypto has no key rings');
  const { operation, bytes } = job;
  const plaintext = plaintextOf(bytes);
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const authenticated = Buffer.concat([iv, ciphertext]);
  const mac = createHmac('sha256', macKey).update(authenticated).digest();

  const protect = (): void => {
    randomFillSync(random);
    createHmac('sha512', masterKey).update(derivationInput).digest();
    const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
    cipher.update(plaintext);
    cipher.final();
    createHmac('sha256', macKey).update(authenticated).digest();
  };
  const unprotect = (): void => {
    createHmac('sha512', masterKey).update(derivationInput).digest();
    timingSafeEqual(createHmac('sha256', macKey).update(authenticated).digest(), mac);
    const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
    decipher.update(ciphertext);
    decipher.final();
  };
  switch (operation) {
    case 'protect':
      return protect;
    case 'unprotect':
      return unprotect;
    case 'text':
      return () => {
        protect();
        unprotect();
      };
  }
});
