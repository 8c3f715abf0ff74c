/** How a command ends; stable, and part of every command's help. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done, or nothing was left to do' },
  error: { code: 1, meaning: 'something failed that has no code of its own' },
  usage: { code: 2, meaning: 'the command line is wrong' },
  'not-found': { code: 3, meaning: 'the named object does not exist' },
  denied: { code: 5, meaning: 'not allowed to do this' },
  invalid: { code: 6, meaning: 'the configuration is not valid' },
  unreachable: { code: 8, meaning: 'no Poolhouse answers; the message names the sockets tried' },
  timeout: { code: 9, meaning: 'the effect was not seen in time; it may still come' },
  warnings: { code: 12, meaning: 'there are warnings, and --strict was given' },
  'port-unavailable': { code: 13, meaning: 'a port cannot be opened' },
  'unusable-configuration': {
    code: 78,
    meaning: 'the server-level configuration file is unusable, nothing was started',
  },
  interrupted: { code: 130, meaning: 'interrupted; what was begun goes on in Poolhouse' },
  terminated: { code: 143, meaning: 'ended by SIGTERM; what was begun goes on in Poolhouse' },
} as const;

export type ExitName = keyof typeof exitCodes;
