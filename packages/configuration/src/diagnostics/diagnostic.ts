import type { Origin } from '../schema/effective-element.ts';

/** One thing that is wrong or worth knowing in a file. Never holds the text of an encrypted attribute. */
export interface Diagnostic extends Origin {
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  /** The number IIS shows for it; undefined for warnings that IIS does not have. */
  readonly hresult?: string;
  /** What, why and what to do, in one or two sentences. */
  readonly message: string;
  /** Configuration path that the file was read for: `shop/api`; empty for the server itself. */
  readonly level: string;
  /** `system.webServer/handlers` */
  readonly section?: string;
  /** Path of the element inside the section: `processModel`, `add[DefaultAppPool]/recycling`. */
  readonly element?: string;
  readonly attribute?: string;
  /** The text that was refused. */
  readonly text?: string;
  /** What would have been right. */
  readonly expected?: string;
  /** The lock, or the first entry of a duplicate. */
  readonly related?: Origin;
}

/** Stable names of what can be wrong. */
export type DiagnosticCode = keyof typeof hresults;

/** Code → HRESULT of IIS, as its error pages show it. */
const hresults = {
  fileMissing: '0x80070002',
  fileUnreadable: '0x80070005',
  malformed: '0x8007000d',
  misplaced: '0x8007000d',
  unknownElement: '0x8007000d',
  unknownAttribute: '0x8007000d',
  undeclaredSection: '0x80070032',
  missingAttribute: '0x8007000d',
  invalidValue: '0x8007000d',
  /** The value is of the right type but outside its range or granularity. */
  outOfRange: '0x8007000d',
  invalidLocation: '0x8007000d',
  invalidInclude: '0x8007000d',
  duplicate: '0x800700b7',
  locked: '0x80070021',
  scope: '0x80070021',
  unsupported: undefined,
  /** Something that is accepted and has no effect. */
  ignored: undefined,
  unresolved: undefined,
  degraded: undefined,
  /** What IIS's own files never say but an operator should know. */
  advice: undefined,
} as const;

export type DiagnosticDetails = Omit<Diagnostic, keyof Origin | 'severity' | 'code' | 'hresult' | 'message'>;

export function errorAt(origin: Origin, code: DiagnosticCode, message: string, details: DiagnosticDetails): Diagnostic {
  const hresult = hresults[code];
  return {
    severity: 'error',
    code,
    ...(hresult === undefined ? {} : { hresult }),
    message,
    ...placeOf(origin),
    ...details,
  };
}

export function warningAt(
  origin: Origin,
  code: DiagnosticCode,
  message: string,
  details: DiagnosticDetails,
): Diagnostic {
  return { severity: 'warning', code, message, ...placeOf(origin), ...details };
}

/** `/etc/poolhouse/applicationHost.config:12:5` */
export function formatOrigin(origin: Origin): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}

// Elements of a tree are origins too; only the place of them belongs into a diagnostic.
function placeOf({ file, line, column }: Origin): Origin {
  return { file, line, column };
}
