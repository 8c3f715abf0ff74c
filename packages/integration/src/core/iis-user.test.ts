import { describe, expect, it } from 'vitest';
import { parseIisUser } from './iis-user.ts';

describe('parseIisUser', () => {
  it.each([
    [['ada', 'Basic', undefined], { name: 'ada', authenticationType: 'Basic', groups: [] }],
    [['ada', undefined, ''], { name: 'ada', authenticationType: '', groups: [] }],
    [
      ['D%5Cada', 'Negotiate', 'D%5CStaff, A%2CB,'],
      { name: 'D\\ada', authenticationType: 'Negotiate', groups: ['D\\Staff', 'A,B'] },
    ],
    [[undefined, 'Negotiate', 'Administrators'], null],
    [['', 'Negotiate', 'Administrators'], null],
    [['%zz', 'Negotiate', undefined], null],
    [['ada', 'Negotiate', 'Staff,%C3'], null],
  ] as const)('%j', ([name, type, groups], user) => {
    expect(parseIisUser(name, type, groups)).toEqual(user);
  });
});
