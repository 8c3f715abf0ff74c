import { describe, expect, it } from 'vitest';

import { conformancePage, namedCases, type CaseLists } from './conformance-page.ts';

const lists: CaseLists = {
  subjects: { M: 'The module' },
  cases: { M: { 1: 'first', 2: 'second', 3: 'third' } },
  different: { 'M-3': 'because' },
};

describe('namedCases', () => {
  it.each([
    ["it('M-12 starts', () => {})", ['M-12']],
    ['it(`M-12 and M-13 start`)', ['M-12', 'M-13']],
    ["{ name: 'M-40…M-42 three' }", ['M-40', 'M-41', 'M-42']],
    ["it.skip('M-12 starts')", []],
    ["it.todo('M-12 starts')", []],
    ["// it('M-12 starts')", []],
    ["it('no case: XM-1, M-x')", []],
    ["it('P-1 of another list')", []],
  ])('%s', (text, expected) => {
    expect([...namedCases(text, ['M'])]).toEqual(expected);
  });
});

describe('conformancePage', () => {
  it('puts each case in one place', () => {
    const page = conformancePage(lists, [{ path: 'a.test.ts', text: "it('M-1 holds')" }]);
    expect(page).toContain('| The module | 3 | 1 | 1 | 1 |');
    expect(page).toContain('| M-1 | first | `a.test.ts` |');
    expect(page).toContain('| M-3 | third | because |');
    expect(page).toContain('- M-2 second');
  });

  it('refuses a case that is in no list', () => {
    expect(() => conformancePage(lists, [{ path: 'a.test.ts', text: "it('M-9 holds')" }])).toThrow('M-9');
  });
});
