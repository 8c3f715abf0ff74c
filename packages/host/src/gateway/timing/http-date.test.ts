import { expect, it } from 'vitest';
import { HttpDate } from './http-date.ts';

it('is an IMF-fixdate line that moves with the seconds', () => {
  const date = new HttpDate();
  date.refresh(784_111_777_999);
  expect(date.field).toBe('Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n');
  date.refresh(784_111_778_000);
  expect(date.field).toBe('Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n');
});
