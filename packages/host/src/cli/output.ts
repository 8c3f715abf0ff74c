import { styleText } from 'node:util';
import { wantsColour } from '../logging/index.ts';

/** A stream that a command writes to. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type ColourFlag = 'auto' | 'always' | 'never';

/**
 * Where a command says things: data goes to stdout and nothing else does, messages go to stderr. Each stream
 * decides about colour by its own terminal.
 */
export interface Output {
  readonly json: boolean;
  readonly data: StyledStream;
  readonly messages: StyledStream;
  /** Writes a message, unless `--quiet`; with `--json` as `{"message":"…"}`. */
  say(text: string): void;
  /** Writes what the command is asked for: a value as JSON, or its text for people. */
  show(value: unknown, text: () => string): void;
}

export interface StyledStream {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** Width of the terminal; undefined when there is none: then nothing is cut. */
  readonly columns: number | undefined;
  /** Whether the locale can show more than ASCII. */
  readonly unicode: boolean;
  line(text: string): void;
  paint(format: Format, text: string): string;
}

export type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue';

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: ColourFlag;
}

export function createOutput(options: OutputOptions): Output {
  const { json, quiet } = options;
  const data = styled(options.stdout, options);
  const messages = styled(options.stderr, options);
  return {
    json,
    data,
    messages,
    say(text) {
      if (!quiet) messages.line(json ? JSON.stringify({ message: text }) : text);
    },
    show(value, text) {
      data.line(json ? JSON.stringify(value) : text());
    },
  };
}

function styled(stream: OutputStream, { environment, colour: flag }: OutputOptions): StyledStream {
  const isTerminal = stream.isTTY === true;
  const colour = wantsColour({ flag, environment, isTerminal });
  return {
    isTerminal,
    colour,
    columns: isTerminal ? stream.columns : undefined,
    unicode: isUnicode(environment),
    line: (text) => void stream.write(`${text}\n`),
    paint: (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text),
  };
}

/** The first locale variable that is set decides, as in the C library. */
function isUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || 'C.UTF-8';
  return /utf-?8/i.test(locale);
}
