import { EphemeralDataProtectionProvider } from '@poolhouse/data-protection';
import { plaintextOf, purposes, serveJobs } from './jobs.ts';

/** What is measured, by its own default algorithms. */
const protector = new EphemeralDataProtectionProvider().createProtector(purposes);

await serveJobs(({ operation, bytes }) => {
  const plaintext = plaintextOf(bytes);
  const text = plaintext.toString();
  const payload = protector.protectSync(plaintext);
  switch (operation) {
    case 'protect':
      return () => protector.protectSync(plaintext);
    case 'unprotect':
      return () => protector.unprotectSync(payload);
    case 'text':
      return () => protector.unprotectSync(protector.protectSync(text));
  }
});
