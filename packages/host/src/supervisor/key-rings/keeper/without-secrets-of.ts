import type { CertificateBytes, KeeperJob } from '../keeper-job.ts';

/** Takes out of a message what a client library may have put there of what it was given. */
export function withoutSecretsOf(job: KeeperJob): (message: string) => string {
  const { place, action, certificate, olderCertificates } = job;
  const passphrases = [certificate, ...olderCertificates, ...certificatesOf(action)].map((each) => each?.passphrase);
  const own = 'passphrase' in action ? [action.passphrase] : [];
  const connection = 'connection' in place ? partsOf(place.connection) : [];
  const secrets = [...passphrases, ...own, ...connection]
    .filter((secret) => secret !== undefined && secret !== '')
    // The longest first: the whole URL before the password in it.
    .sort((left, right) => (right as string).length - (left as string).length) as string[];
  return (message) => secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message);
}

function certificatesOf(action: KeeperJob['action']): readonly (CertificateBytes | undefined)[] {
  if (action.type === 'open') return action.certificates;
  return action.type === 'reprotect' ? [action.certificate] : [];
}

/** A URL, its passwords as they are written there, and what that means. */
function partsOf(url: string): (string | undefined)[] {
  const parsed = URL.parse(url);
  // PostgreSQL also takes them as ?password=…&sslpassword=…
  const asked =
    parsed?.search
      .slice(1)
      .split('&')
      .map((pair) => pair.split('=')) ?? [];
  const values = asked.flatMap(([name = '', ...value]) => (/pass/i.test(name) ? [value.join('=')] : []));
  return [url, ...[parsed?.password ?? '', ...values].flatMap((password) => [password, decoded(password)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
