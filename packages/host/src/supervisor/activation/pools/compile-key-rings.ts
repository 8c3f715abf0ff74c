import type { EffectiveConfiguration, EffectiveElement } from '@poolhouse/configuration';
import type {
  CertificateSettings,
  ConfigurationDiagnostic,
  KeyRingSettings,
  Origin,
  SharedRingSettings,
} from '../revision.ts';
import { distinct } from '../findings.ts';
import { dataProtectionSection } from '../sections/data-protection.ts';

type RingElement =
  | EffectiveElement<(typeof dataProtectionSection)['collection']['entry']>
  | EffectiveElement<(typeof dataProtectionSection)['elements']['keyRingDefaults']>;
type DefaultsElement = EffectiveElement<(typeof dataProtectionSection)['elements']['keyRingDefaults']>;
type CertificateElement = EffectiveElement<
  (typeof dataProtectionSection)['elements']['keyRingDefaults']['elements']['certificate']
>;

export interface CompiledKeyRings {
  /** Of a pool by its name. */
  readonly ringOf: (pool: string) => KeyRingSettings;
  readonly errors: readonly ConfigurationDiagnostic[];
  /** Warns of entries for pools that are not among these. */
  readonly ringsOfNobody: (pools: readonly string[]) => readonly ConfigurationDiagnostic[];
}

/** What only a ring that Poolhouse keeps itself can have. */
const ofSharedRings = ['path', 'connection', 'connectionFile', 'name', 'keyLifetime', 'autoGenerate'] as const;

/**
 * Key rings of all pools, checked. What cannot be meant stops a load: keys in the wrong place sign everybody out, or
 * let one pool read the other's cookies.
 */
export function compileKeyRings(configuration: EffectiveConfiguration): CompiledKeyRings {
  const section = configuration.section(dataProtectionSection);
  const defaults = section.element('keyRingDefaults');
  const errors: ConfigurationDiagnostic[] = [];
  const common = compileRing(defaults, undefined, errors);
  const rings = new Map(
    section.entries().map((entry) => [entry.get('pool').toLowerCase(), compileRing(entry, defaults, errors)]),
  );
  return {
    ringOf: (pool) => rings.get(pool.toLowerCase()) ?? common,
    errors: distinct(errors),
    ringsOfNobody(pools) {
      const names = new Set(pools.map((name) => name.toLowerCase()));
      return section
        .entries()
        .filter((entry) => !names.has(entry.get('pool').toLowerCase()))
        .map((entry) => {
          const message = `There is no pool "${entry.get('pool')}", so this key ring is nobody's: correct the name or remove the entry.`;
          return at(entry.origin('pool') ?? entry.writtenAt, 'warning', message);
        });
    },
  };
}

/** @param inherited the defaults, unless it is they that are compiled */
function compileRing(
  element: RingElement,
  inherited: DefaultsElement | undefined,
  errors: ConfigurationDiagnostic[],
): KeyRingSettings {
  const store = element.get('store');
  const refuse = (attribute: (typeof ofSharedRings)[number] | 'store', message: string): void =>
    void errors.push(at(element.origin(attribute) ?? element.writtenAt, 'error', message));
  const common = {
    applicationName: element.get('applicationName'),
    profileCompat: element.get('profileCompat'),
  };

  if (store === 'Profile' || store === 'Memory') {
    const own = ofSharedRings.find((name) => element.isSet(name) && !isInherited(element, inherited, name));
    const certificate = element.element('certificate');
    const keeper = store === 'Profile' ? 'the applications of the pool make their keys themselves' : 'it keeps nothing';
    if (own !== undefined) {
      refuse(
        own,
        `store="${store}" takes no ${own}, because ${keeper}: set store to Folder, Redis or PostgreSql, or remove it.`,
      );
    } else if (certificate.isSet('path') && !sameOrigin(certificate, inherited?.element('certificate'))) {
      const message = `store="${store}" takes no certificate, because ${keeper}: set store to Folder, Redis or PostgreSql, or remove it.`;
      errors.push(at(certificate.writtenAt, 'error', message));
    }
    return { store, ...common };
  }
  checkPlace(element, store, refuse);
  const certificate = compileCertificate(element.element('certificate'), errors);
  const shared: SharedRingSettings = {
    path: element.get('path'),
    connection: element.get('connection'),
    connectionFile: element.get('connectionFile'),
    name: element.get('name'),
    ...(element.isSet('keyLifetime') ? { keyLifetimeMs: element.get('keyLifetime') } : {}),
    autoGenerate: element.get('autoGenerate'),
    ...(certificate === undefined ? {} : { certificate }),
    olderCertificates: element
      .element('olderCertificates')
      .entries()
      .flatMap((entry) => compileCertificate(entry, errors) ?? []),
  };
  return { store, ...common, shared };
}

function checkPlace(
  element: RingElement,
  store: 'Folder' | 'Redis' | 'PostgreSql',
  refuse: (attribute: 'store' | 'path' | 'connection' | 'connectionFile' | 'name', message: string) => void,
): void {
  if (store === 'Folder') {
    const path = element.get('path');
    if (!path.startsWith('/')) {
      refuse(
        path === '' ? 'store' : 'path',
        'store="Folder" needs path, an absolute path of a folder that all machines share.',
      );
    }
    return;
  }
  const name = element.get('name');
  if (store === 'PostgreSql' && name !== '' && !/^[^.]+(?:\.[^.]+)?$/.test(name)) {
    refuse('name', `name="${name}" is neither a table nor schema.table.`);
  }
  const [connection, file] = [element.get('connection'), element.get('connectionFile')];
  const scheme = store === 'Redis' ? 'redis' : 'postgresql';
  if ((connection === '') === (file === '')) {
    const message = `store="${store}" needs connection, such as "${scheme}://host/", or connectionFile, a file that holds it; one of the two.`;
    return refuse('store', message);
  }
  if (file !== '' && !file.startsWith('/')) {
    return refuse('connectionFile', `connectionFile="${file}" must be an absolute path.`);
  }
  // The text stays out of the message: it may hold a password.
  const schemes = store === 'Redis' ? /^rediss?:\/\/\S+$/ : /^postgres(?:ql)?:\/\/\S+$/;
  if (connection !== '' && !(schemes.test(connection) && URL.canParse(connection))) {
    refuse(
      'connection',
      `connection is not a URL that begins with ${scheme}://, or a %NAME% in it is not in the environment.`,
    );
  }
}

function compileCertificate(
  element: Pick<CertificateElement, 'get' | 'isSet' | 'writtenAt'>,
  errors: ConfigurationDiagnostic[],
): CertificateSettings | undefined {
  const names = ['path', 'keyPath', 'passphraseFile'] as const;
  const [path, keyPath, passphraseFile] = names.map((name) => element.get(name)) as [string, string, string];
  if (path === '' && keyPath === '' && passphraseFile === '') return undefined;
  const wrong = names.find(
    (name) => (name === 'path' || element.get(name) !== '') && !element.get(name).startsWith('/'),
  );
  if (wrong !== undefined) {
    const message = `${wrong}="${element.get(wrong)}" of a certificate must be an absolute path of a PEM or PFX file.`;
    errors.push(
      at(
        element.writtenAt,
        'error',
        wrong === 'passphraseFile' ? `${wrong} must be an absolute path of a file that holds the passphrase.` : message,
      ),
    );
    return undefined;
  }
  return {
    path,
    ...(keyPath === '' ? {} : { keyPath }),
    ...(passphraseFile === '' ? {} : { passphraseFile }),
  };
}

function isInherited(
  element: RingElement,
  inherited: DefaultsElement | undefined,
  name: (typeof ofSharedRings)[number],
): boolean {
  const [own, other] = [element.origin(name), inherited?.origin(name)];
  return own !== undefined && other !== undefined && own.line === other.line && own.column === other.column;
}

function sameOrigin(element: CertificateElement, other: CertificateElement | undefined): boolean {
  const [own, inherited] = [element.origin('path'), other?.origin('path')];
  return own !== undefined && own.line === inherited?.line && own.column === inherited.column;
}

function at(origin: Origin | undefined, severity: 'error' | 'warning', message: string): ConfigurationDiagnostic {
  return { severity, ...(origin as Origin), message, section: dataProtectionSection.path };
}
