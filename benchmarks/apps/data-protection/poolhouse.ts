import { DataProtectionProvider, EphemeralDataProtectionProvider } from '@poolhouse/data-protection';
import { plaintextOf, purposes, serveJobs, type PayloadJob } from './jobs.ts';

/** What is measured, by its own default algorithms. */
const protector = new EphemeralDataProtectionProvider().createProtector(purposes);

await serveJobs((job) => (job.operation === 'load' ? () => load(job.keyDirectory) : payloadOperation(job)));

function payloadOperation({ operation, bytes }: PayloadJob): () => unknown {
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
}

async function load(keyDirectory: string): Promise<void> {
  using provider = DataProtectionProvider.create({ keyDirectory, autoGenerateKeys: false });
  await provider.createProtector(purposes).protect('text');
}
