import { stripVTControlCharacters } from 'node:util';
import { printable } from '../logging/index.ts';
import type { OutputLine } from '../supervisor/management/index.ts';
import type { Output } from './output.ts';

/**
 * Writes lines of applications: `shop#0 the line`, or with `--json` as objects. On a terminal nothing that an
 * application wrote may steer it.
 */
export function outputLineWriter({ json, data }: Output): (line: OutputLine) => void {
  if (json) return (line) => data.line(JSON.stringify(line));
  return ({ pool, slot, application, line }) => {
    const origin = application === undefined ? `${pool}#${slot}` : `${pool}#${slot} ${application}`;
    data.line(
      `${data.paint('dim', printable(origin))} ${data.isTerminal ? printable(stripVTControlCharacters(line)) : line}`,
    );
  };
}
