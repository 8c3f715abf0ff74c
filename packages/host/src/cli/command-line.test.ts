import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { commands } from './commands/index.ts';
import { exitCodes } from './exit-codes.ts';
import { runCommand, testSystem } from './testing/test-system.ts';

const run = (...words: string[]) => runCommand(testSystem(tmpdir()), ...words);

describe('finding the command', () => {
  it.each<[string[], string[]]>([
    [['staus'], ['there is no command "staus"', 'did you mean: status', 'try: poolhouse help']],
    [['pool'], ['pool needs a verb', 'known: pool list, pool recycle, pool start, pool stop']],
    [
      ['pools', 'recylce'],
      ['pool cannot be asked to "recylce"', 'did you mean: pool recycle', 'known: pool list'],
    ],
    [
      ['pol', 'list'],
      ['there is no command "pol"', 'did you mean: pool'],
    ],
    [['xyzzy'], ['there is no command "xyzzy"', 'try: poolhouse help']],
  ])('G-4 %j says what was probably meant', async (words, parts) => {
    const { code, stdout, stderr } = await run(...words);
    expect([code, stdout]).toEqual([2, '']);
    for (const part of parts) expect(stderr).toContain(part);
  });

  it.each([
    [['--version'], /^poolhouse \d/],
    [['version', '--json'], /^\{"version":"\d/],
    [['--version', '--json'], /^\{"version":"\d/],
    [['pool', '--help'], /^Examples\n {2}\$ poolhouse pool list\n[^]*\nCommands\n {2}pool list /],
    [['-h', 'apppools'], /^Examples\n {2}\$ poolhouse pool list\n/],
    [['help', 'keys'], /\nCommands\n {2}keys list /],
    [[], /^Examples\n/],
    [['--help'], /\nCommands\n {2}run /],
    [['-h', '-q'], /\nCommands\n {2}run /],
    [['help'], /Commands\n {2}run /],
    [['help', 'exit-codes'], / 78 +the server-level/],
    [['help', 'pool', 'recycle'], /^Examples\n {2}\$ poolhouse recycle shop/],
    [['-q', 'help', 'apppool', 'recycle'], /poolhouse pool recycle POOL/],
  ])('%j', async (words, stdout) => {
    expect(await run(...words)).toEqual({ code: 0, stdout: expect.stringMatching(stdout), stderr: '' });
  });
});

describe('options and arguments', () => {
  it.each([
    [
      ['status', '--jsn'],
      'PH1103',
      'status has no option --jsn\n  did you mean: --json\n  try: poolhouse status --help',
    ],
    [['status', '-x'], 'PH1103', 'status has no option -x'],
    [['status', '--json=yes'], 'PH1105', '--json takes no value'],
    [['status', '--run'], 'PH1105', '--run needs a value: --run DIR'],
    [['status', '--run', '-q'], 'PH1105', '--run needs a value'],
    [['status', '--run='], 'PH1105', '--run needs a value'],
    [['status', '--color', 'blue'], 'PH1105', '--color blue: give auto, always or never'],
    [['status', 'shop'], 'PH1104', 'status does not take "shop"\n  try: poolhouse status [options]'],
    [['recycle'], 'PH1104', 'pool recycle needs POOL: name of the application pool'],
    [['recycle', 'a', 'b'], 'PH1104', 'pool recycle does not take "b"'],
    [['recycle', 'a', '--timeout', '2h'], 'PH1105', '--timeout 2h: give seconds or minutes'],
    [['logs', '-n', '-1'], 'PH1105', '-n needs a value'],
    [['logs', '--tail=x'], 'PH1105', '--tail x: give a number of lines'],
    [['start', '--gateways', '0'], 'PH1105', '--gateways 0: give a number from 1 to 64'],
  ])('%j is refused with %s', async (words, code, message) => {
    const result = await run(...words);
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toContain(`error ${code}: ${message}`);
  });

  it('reports in JSON when asked to, also what is wrong with the command line', async () => {
    const { code, stderr } = await run('staus', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'PH1100', exit: 2, detail: 'there is no command "staus"' });
  });
});

describe('help', () => {
  it.each<[string[], object]>([
    [['--help'], { commands: expect.arrayContaining([{ name: 'run', summary: expect.any(String) }]) }],
    [['pool', '--help'], { commands: expect.arrayContaining([{ name: 'pool stop', summary: expect.any(String) }]) }],
    [['pool', 'recycle', '-h'], { name: 'pool recycle', aliases: ['recycle'], exitCodes: { 2: expect.any(String) } }],
    [['help', 'pool', 'recycle'], { name: 'pool recycle', options: { timeout: { value: 'TIME' } } }],
    [['help', 'exit-codes'], { exitCodes: { 78: expect.any(String) } }],
  ])('%j --json is the same as data', async (words, value) => {
    const { code, stdout, stderr } = await run(...words, '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject(value);
  });

  it.each(commands.map((command) => [command.names[0], command] as const))(
    'G-3 %s --help exits 0, begins with an example, lists exit codes, fits 80 columns',
    async (name, command) => {
      const { code, stdout, stderr } = await run(...name.split(' '), '--help');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Examples\n {2}\$ (sudo )?poolhouse /);
      for (const exit of command.exits) expect(stdout).toContain(`  ${exitCodes[exit].code} `);
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );
});
