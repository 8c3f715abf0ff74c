import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from './confirm.ts';
import { readSecret } from './read-secret.ts';

/** A terminal on which somebody types; what is shown to him is collected. */
function terminal(typed: string, isTTY = true) {
  const stdin = Object.assign(new PassThrough(), {
    isTTY,
    raw: [] as boolean[],
    setRawMode: (on: boolean) => void stdin.raw.push(on),
  });
  stdin.end(typed);
  let shown = '';
  const stderr = new PassThrough();
  stderr.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  return {
    system: { stdin: stdin as unknown as NodeJS.ReadStream, stderr, interrupted: new AbortController().signal },
    stdin,
    shown: () => shown,
  };
}

describe('what cannot be undone', () => {
  it('is done when somebody types the word', async () => {
    const { system, shown } = terminal('shop\n');
    await confirm('Everybody signs in again.', 'shop', undefined, system);
    expect(shown()).toContain('Everybody signs in again.\nType shop to go on: ');
  });

  it.each(['Shop\n', 'y\n', '\n'])('is not done for %j', async (typed) => {
    await expect(confirm('Effect.', 'shop', undefined, terminal(typed).system)).rejects.toThrow('nothing was changed');
  });

  it('needs --yes where nobody can answer', async () => {
    await expect(confirm('Effect.', 'shop', undefined, terminal('shop\n', false).system)).rejects.toThrow('Effect.');
    await confirm('Effect.', 'shop', true, terminal('', false).system);
  });
});

describe('a passphrase', () => {
  it('is the first line of standard input', async () => {
    expect(await readSecret('Passphrase', terminal('correct horse\nmore\n', false).system)).toBe('correct horse');
    expect(await readSecret('Passphrase', terminal('no end', false).system)).toBe('no end');
    expect(await readSecret('Passphrase', terminal('', false).system)).toBe('');
  });

  it('is asked for on a terminal, and not shown', async () => {
    const { system, stdin, shown } = terminal('horsf\u007fe\r');
    expect(await readSecret('Passphrase', system)).toBe('horse');
    expect(shown()).toBe('Passphrase: \n');
    expect(stdin.raw).toEqual([true, false]);
  });

  it('may be given up', async () => {
    const { system, stdin } = terminal('hor\u0003');
    await expect(readSecret('Passphrase', system)).rejects.toThrow('nothing was changed');
    expect(stdin.raw).toEqual([true, false]);
  });

  it('has an end', async () => {
    await expect(readSecret('Passphrase', terminal('x'.repeat(5_000), false).system)).rejects.toThrow('at most 4096');
  });
});
