import type { StartProblem } from '../failure/start-problem.ts';

const smallestBytes = 64 * 1024;

/** What the main thread needs beyond the stack that JavaScript or managed code may use, bytes. */
export const stackReserveBytes = 1024 * 1024;

export type StackSize = { readonly bytes: number | undefined } | { readonly problem: StartProblem };

/**
 * Reads the handler setting `stackSize`: bytes, decimal as the user documentation says, or `0x…`
 * hexadecimal. The Windows module reads decimal text as hexadecimal, see `readDifferentlyOnWindows`.
 */
export function parseStackSize(text: string | undefined): StackSize {
  if (text === undefined || text.trim() === '') return { bytes: undefined };
  const bytes = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text.trim()) ? Number(text.trim()) : NaN;
  if (bytes >= smallestBytes && bytes <= 0xffff_ffff) return { bytes };
  const message = `handlerSetting stackSize "${text}" is not a number of bytes of at least ${smallestBytes}; write 2097152 or 0x200000 for 2 MiB`;
  return { problem: { stage: 'configuration', message, critical: true } };
}

/** Bytes that the Windows module would take the text for, when that differs. */
export function readDifferentlyOnWindows(text: string): number | undefined {
  return /^0x/i.test(text.trim()) ? undefined : Number.parseInt(text, 16);
}
