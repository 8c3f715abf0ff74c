import { X509Certificate } from 'node:crypto';
import type { Report } from './report.ts';

/** The certificate of one request, decoded when the application first asks. */
export type LazyCertificate = () => X509Certificate | null;

/**
 * Reads the certificate header: DER in base64. Undefined when there is none. One that is no certificate gives null
 * and is reported, once, because then gateway and application disagree about something.
 */
export function lazyCertificate(value: string | undefined, report: Report): LazyCertificate | undefined {
  if (value === undefined || value === '') return undefined;
  let certificate: X509Certificate | null | undefined;
  return () => {
    if (certificate === undefined) certificate = decode(value, report);
    return certificate;
  };
}

function decode(value: string, report: Report): X509Certificate | null {
  try {
    return new X509Certificate(Buffer.from(value, 'base64'));
  } catch (error) {
    report(`the client certificate of a request cannot be read: ${(error as Error).message}`);
    return null;
  }
}
