/** What an error of the file system means for a request. */
export type FileErrorMeaning = 'missing' | 'denied' | 'failed';

/** By errno. Names that no file can have are missing files; a socket or a device without a driver too. */
export function meaningOf(error: unknown): FileErrorMeaning {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (missingCodes.has(code)) return 'missing';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'failed';
}

const missingCodes: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'ENXIO',
  'ENODEV',
  'ESTALE',
]);
