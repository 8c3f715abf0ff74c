import { X509Certificate } from 'node:crypto';
import type { Report } from './report.ts';

/**
 * Decodes the certificate header: DER in base64. Null when there is none or it is no certificate; the latter is
 * reported, because then gateway and application disagree about something.
 */
export function parseClientCertificate(value: string | undefined, report: Report): X509Certificate | null {
  if (value === undefined || value === '') return null;
  try {
    return new X509Certificate(Buffer.from(value, 'base64'));
  } catch (error) {
    report(`the client certificate of a request cannot be read: ${(error as Error).message}`);
    return null;
  }
}
