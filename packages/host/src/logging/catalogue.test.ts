import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import type { EventDefinition } from './event-definition.ts';
import type { EventFields } from './event.ts';

/** `| name | level | windows id | meaning | fields |` of docs/reference/events.md. */
interface Row {
  readonly level: string;
  readonly winId: string;
  readonly meaning: string;
  readonly fields: readonly string[];
}

const page = readFileSync(new URL('../../../../docs/reference/events.md', import.meta.url), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| `([^`]+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map(
    ([, name, level, winId, meaning, fields]): [string, Row] => [
      name!,
      { level: level!, winId: winId!, meaning: meaning!, fields: fields!.split(', ') },
    ],
  ),
);
const events = Object.entries(catalogue) as [string, EventDefinition<EventFields>][];

describe('docs/reference/events.md', () => {
  it('has exactly the events of the catalogue', () => {
    expect([...rows.keys()].sort()).toEqual(events.map(([name]) => name).sort());
  });

  it.each(events)('%s: level, id and the fields of its sentence', (name, definition) => {
    const row = rows.get(name);
    expect(row).toMatchObject({ level: definition.level, winId: windowsIds(definition) });
    expect(row?.fields).toEqual(expect.arrayContaining([...fieldsOfSentence(definition)]));
    expect(row?.meaning.startsWith('Repeats.')).toBe(definition.repeatsBy !== undefined);
  });

  it('says which events nothing reports yet', async () => {
    const sources = await Array.fromAsync(glob('../**/*.ts', { cwd: import.meta.dirname, exclude: isNoReporter }));
    const text = sources.map((path) => readFileSync(join(import.meta.dirname, path), 'utf8')).join('\n');
    const silent = events.map(([name]) => name).filter((name) => !text.includes(`'${name}'`));
    const paragraph = /^Nothing reports these yet: (.+)\.$/m.exec(page)?.[1] ?? '';
    expect(paragraph.split(', ').sort()).toEqual(silent.map((name) => `\`${name}\``).sort());
  });
});

describe('catalogue', () => {
  it.each(events)('%s is named in lower case with dots', (name) => {
    expect(name).toMatch(/^[a-z]+(\.[a-z]+(_[a-z]+)*)+$/);
  });

  it.each(events)('the sentence of %s is one line without a field that was not given', (_, definition) => {
    const sentence = definition.text(sampleFields());
    expect(sentence).not.toMatch(/undefined|NaN|\n|\.$/);
  });
});

function isNoReporter(path: string): boolean {
  return /\.test\.ts$|(^|\/)testing(\/|$)|logging\/events(\/|$)/.test(path);
}

function windowsIds({ winId }: EventDefinition<EventFields>): string {
  if (winId === undefined) return '–';
  if (typeof winId === 'number') return String(winId);
  return Object.entries(winId)
    .flatMap(([field, ids]) => Object.entries(ids ?? {}).map(([value, id]) => `${id} (${field} ${value})`))
    .join(', ');
}

/** Names that the sentence asks for. */
function fieldsOfSentence(definition: EventDefinition<EventFields>): Set<string> {
  const asked = new Set<string>();
  definition.text(sampleFields((name) => asked.add(name)));
  return asked;
}

/** Answers every name with 5, which serves as number and as text. */
function sampleFields(onAsk: (name: string) => void = () => {}): EventFields {
  return new Proxy({} as EventFields, {
    get(_, name) {
      onAsk(String(name));
      return 5;
    },
  });
}
