import { answerLimit, elementName, type KeeperAnswer, type KeyFacts, type RingElement } from './keeper-job.ts';

const keyId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** As Date writes it, years beyond 9999 included. */
const instant = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A keeper's answer, looked at closely: it may come from a process of a pool's user. Undefined for anything else. */
export function parseKeeperAnswer(value: unknown): KeeperAnswer | undefined {
  if (!isRecord(value) || JSON.stringify(value).length > answerLimit) return undefined;
  if (value['ok'] === false) {
    return isText(value['error']) && hasOnly(value, ['ok', 'error']) ? { ok: false, error: value['error'] } : undefined;
  }
  const { ok, keys, changed, problem, elements, archive, warnings } = value;
  const known = ['ok', 'keys', 'changed', 'problem', 'elements', 'archive', 'warnings'];
  if (ok !== true || !hasOnly(value, known)) return undefined;
  if (!isListOf(keys, isKeyFacts) || !isListOf(changed, isText) || !isListOf(warnings, isText)) return undefined;
  if (problem !== undefined && !isText(problem)) return undefined;
  if (archive !== undefined && typeof archive !== 'string') return undefined;
  if (elements !== undefined && !isListOf(elements, isRingElement)) return undefined;
  return {
    ...{ ok, keys, changed, warnings },
    ...(problem === undefined ? {} : { problem }),
    ...(elements === undefined ? {} : { elements }),
    ...(archive === undefined ? {} : { archive }),
  };
}

function isKeyFacts(value: unknown): value is KeyFacts {
  if (!isRecord(value)) return false;
  const times = ['created', 'activates', 'expires'];
  const texts = ['algorithm', 'protection'];
  const flags = ['revoked', 'default'];
  return (
    hasOnly(value, ['id', ...times, ...texts, ...flags]) &&
    matches(value['id'], keyId) &&
    times.every((name) => matches(value[name], instant)) &&
    texts.every((name) => isText(value[name])) &&
    flags.every((name) => typeof value[name] === 'boolean')
  );
}

function isRingElement(value: unknown): value is RingElement {
  if (!isRecord(value) || !hasOnly(value, ['name', 'text', 'closed'])) return false;
  if (value['closed'] !== undefined && value['closed'] !== true) return false;
  return typeof value['name'] === 'string' && elementName.test(value['name']) && typeof value['text'] === 'string';
}

function isListOf<T>(value: unknown, isOne: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}

function matches(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value);
}

/** Something for people, printable or not. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 10_000;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(value: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}
