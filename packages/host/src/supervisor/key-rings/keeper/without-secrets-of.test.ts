import { describe, expect, it } from 'vitest';
import type { KeeperJob } from '../keeper-job.ts';
import { withoutSecretsOf } from './without-secrets-of.ts';

const job: KeeperJob = {
  place: {
    ...{ store: 'PostgreSql', name: '' },
    connection: 'postgresql://me:sword%21fish@db.example/keys?sslmode=require&password=open%2Dsesame&sslpassword=a=b',
  },
  ...{ autoGenerate: true, olderCertificates: [{ files: [], passphrase: 'older' }] },
  certificate: { files: [], passphrase: 'newer' },
  action: { type: 'seal', elements: [], passphrase: 'archive' },
};

describe('a message without secrets', () => {
  it.each(['sword%21fish', 'sword!fish', 'open%2Dsesame', 'open-sesame', 'a=b', 'older', 'newer', 'archive'])(
    'has no %s',
    (secret) => {
      expect(withoutSecretsOf(job)(`failed with <${secret}>`)).toBe('failed with <***>');
    },
  );

  it('has no connection, and whatever is not secret', () => {
    const { connection } = job.place as Extract<KeeperJob['place'], { connection: string }>;
    expect(withoutSecretsOf(job)(`no route to ${connection}, sslmode=require`)).toBe(
      'no route to ***, sslmode=require',
    );
  });
});
