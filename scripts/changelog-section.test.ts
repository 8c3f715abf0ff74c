import { describe, expect, it } from 'vitest';
import { formatSection, insertSection, parseFragment } from './changelog-section.ts';

describe('parseFragment', () => {
  it.each([
    ['events-stream.added.md', 'Text.\n', { kind: 'added', text: 'Text.' }],
    ['a-1.fixed.md', ' x ', { kind: 'fixed', text: 'x' }],
  ])('%s', (name, text, expected) => {
    expect(parseFragment(name, text)).toEqual(expected);
  });

  it.each([
    ['added.md', 'Text.', /name it/],
    ['Thing.added.md', 'Text.', /name it/],
    ['thing.improved.md', 'Text.', /name it/],
    ['thing.added.md', ' \n', /is empty/],
  ])('refuses %s', (name, text, problem) => {
    expect(parseFragment(name, text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe('formatSection', () => {
  it('groups by kind in a fixed order and keeps examples inside their item', () => {
    const section = formatSection('1.0.0', [
      { kind: 'fixed', text: 'B.' },
      { kind: 'added', text: 'A:\n\n```\nx\n```' },
      { kind: 'fixed', text: 'C.' },
    ]);
    expect(section).toBe('## 1.0.0\n\n### Added\n\n- A:\n\n  ```\n  x\n  ```\n\n### Fixed\n\n- B.\n- C.\n');
  });

  it('says when there is nothing', () => {
    expect(formatSection('1.0.0', [])).toBe('## 1.0.0\n\nNo change that users see.\n');
  });
});

describe('insertSection', () => {
  it.each([
    ['# Changelog\n', '# Changelog\n\n## 2\n'],
    ['# Changelog\n\n## 1\n', '# Changelog\n\n## 2\n\n## 1\n'],
  ])('puts it above the newest of %j', (before, after) => {
    expect(insertSection(before, '## 2\n')).toBe(after);
  });
});
