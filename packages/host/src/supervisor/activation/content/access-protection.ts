import type { RequestFailure } from '@poolhouse/contract';
import type { EffectiveConfiguration } from '@poolhouse/configuration';
import type { ConfigurationDiagnostic, Origin } from '../revision.ts';
import {
  accessSection,
  anonymousAuthenticationSection,
  authorizationSection,
  basicAuthenticationSection,
  ipSecuritySection,
  windowsAuthenticationSection,
} from '../sections/access-protection.ts';

export interface Protection {
  readonly schemes: readonly ('windows' | 'basic' | 'anonymous')[];
  /** Answers every request while a file asks for a protection that nothing enforces yet. */
  readonly refusal?: RequestFailure;
  readonly diagnostic?: ConfigurationDiagnostic;
}

/**
 * What the files say about who may come in. A restriction that nothing enforces yet is not ignored: the scope
 * refuses everyone and says why, because the file's author counts on it.
 */
export function readProtection(configuration: EffectiveConfiguration): Protection {
  const windows = configuration.section(windowsAuthenticationSection);
  const basic = configuration.section(basicAuthenticationSection);
  const anonymous = configuration.section(anonymousAuthenticationSection);
  const schemes = [
    ...(windows.get('enabled') ? (['windows'] as const) : []),
    ...(basic.get('enabled') ? (['basic'] as const) : []),
    ...(anonymous.get('enabled') ? (['anonymous'] as const) : []),
  ];
  const restriction = restrictionOf(configuration);
  if (restriction === undefined) return { schemes };
  const { section, origin, message, status, subStatus } = restriction;
  return {
    schemes,
    refusal: {
      status,
      subStatus,
      title: 'This path is protected in a way that is not served yet.',
      detail: message,
      page: true,
    },
    ...(origin === undefined
      ? {}
      : { diagnostic: { severity: 'error', ...origin, message, section, code: 'unsupported' } }),
  };
}

interface Restriction {
  readonly section: string;
  readonly origin: Origin | undefined;
  readonly message: string;
  readonly status: number;
  readonly subStatus: number;
}

function restrictionOf(configuration: EffectiveConfiguration): Restriction | undefined {
  const access = configuration.section(accessSection);
  const anonymous = configuration.section(anonymousAuthenticationSection);
  const authorization = configuration.section(authorizationSection);
  const addresses = configuration.section(ipSecuritySection);
  if (access.get('sslFlags').some((flag) => flag !== 'None')) {
    return {
      section: accessSection.path,
      origin: access.origin('sslFlags'),
      message:
        'access/@sslFlags asks for TLS, which is not served yet: every request is refused. Remove the flag where a TLS proxy stands in front.',
      status: 403,
      subStatus: 4,
    };
  }
  if (!anonymous.get('enabled')) {
    return {
      section: anonymousAuthenticationSection.path,
      origin: anonymous.origin('enabled'),
      message:
        'anonymousAuthentication is off and no other sign-in is served yet: every request is refused. Let the application authenticate, with anonymousAuthentication on.',
      status: 401,
      subStatus: 2,
    };
  }
  const rules = authorization.entries();
  const open = rules.some((rule) => letsEveryoneIn(rule.get('accessType'), rule.get('users'), rule.get('verbs')));
  const rule = rules.find((entry) => entry.get('accessType') === 'Deny') ?? (open ? undefined : rules[0]);
  if (rule !== undefined) {
    return {
      section: authorizationSection.path,
      origin: rule.writtenAt,
      message:
        'This authorization rule restricts access, which is not served yet: every request is refused. Remove the rule, or let the application authorize.',
      status: 403,
      subStatus: 0,
    };
  }
  const denied = addresses.entries().find((entry) => !entry.get('allowed'));
  if (denied !== undefined || !addresses.get('allowUnlisted')) {
    return {
      section: ipSecuritySection.path,
      origin: denied?.writtenAt ?? addresses.origin('allowUnlisted'),
      message:
        'ipSecurity restricts addresses, which is not served yet: every request is refused. Restrict them in a firewall, and remove the restriction here.',
      status: 403,
      subStatus: 6,
    };
  }
  return undefined;
}

/** The rule of a stock server; without it, rules that allow some restrict everyone else. */
function letsEveryoneIn(accessType: 'Allow' | 'Deny', users: string, verbs: string): boolean {
  return accessType === 'Allow' && verbs === '' && users.split(',').some((user) => user.trim() === '*');
}
