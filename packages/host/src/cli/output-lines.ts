import { stripVTControlCharacters } from 'node:util';
import { printable } from '../logging/index.ts';
import type { OutputLine } from '../supervisor/management/index.ts';
import type { Output } from './output.ts';

/**
 * Writes lines of applications as the API sends them: `shop#0 the line`, or with `--json` as they are. On a
 * terminal nothing that an application wrote may steer it.
 */
export function outputLineWriter({ json, data }: Output): (line: string) => void {
  if (json) return (line) => data.line(line);
  return (text) => {
    const { pool, slot, application, line } = JSON.parse(text) as OutputLine;
    const origin = application === undefined ? `${pool}#${slot}` : `${pool}#${slot} ${application}`;
    data.line(
      `${data.paint('dim', printable(origin))} ${data.isTerminal ? printable(stripVTControlCharacters(line)) : line}`,
    );
  };
}
