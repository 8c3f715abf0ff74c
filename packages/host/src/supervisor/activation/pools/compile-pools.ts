import type { EffectiveConfiguration, EffectiveElement } from '@poolhouse/configuration';
import type { ApplicationPoolSettings, ConfigurationDiagnostic, KeyRingSettings, Origin } from '../revision.ts';
import { applicationPoolsSection } from '../sections/application-pools.ts';

type PoolElement = EffectiveElement<(typeof applicationPoolsSection)['collection']['entry']>;
type DefaultsElement = EffectiveElement<(typeof applicationPoolsSection)['elements']['applicationPoolDefaults']>;

/** Longest name of a pool; Windows makes an account of it. */
const nameLimit = 64;

export interface CompiledPools {
  readonly pools: readonly ApplicationPoolSettings[];
  readonly diagnostics: readonly ConfigurationDiagnostic[];
  /** Lower-case names of pools whose applications read no web.config (`enableConfigurationOverride`). */
  readonly withoutContentConfiguration: ReadonlySet<string>;
}

/** Pools as the process model needs them: times in milliseconds, defaults applied. */
export function compilePools(
  configuration: EffectiveConfiguration,
  ringOf: (pool: string) => KeyRingSettings,
): CompiledPools {
  const section = configuration.section(applicationPoolsSection);
  const defaults = section.element('applicationPoolDefaults');
  const pools: ApplicationPoolSettings[] = [];
  const diagnostics: ConfigurationDiagnostic[] = [];
  const withoutContentConfiguration = new Set<string>();

  for (const element of section.entries()) {
    const name = element.get('name');
    const origin = element.writtenAt as Origin;
    if (name.length > nameLimit) {
      const message = `Pool "${name}" is ignored: its name has ${name.length} characters; shorten it to ${nameLimit}.`;
      const section = applicationPoolsSection.path;
      diagnostics.push({ severity: 'error', ...origin, message, section, code: 'tooLong' });
      continue;
    }
    pools.push(compilePool(element, origin, ringOf(name)));
    if (!element.get('enableConfigurationOverride')) withoutContentConfiguration.add(name.toLowerCase());
    diagnostics.push(...caseClashes(element), ...replacedDefaults(element, defaults));
  }
  return { pools, diagnostics, withoutContentConfiguration };
}

function compilePool(element: PoolElement, origin: Origin, keyRing: KeyRingSettings): ApplicationPoolSettings {
  const processModel = element.element('processModel');
  const recycling = element.element('recycling');
  const periodicRestart = recycling.element('periodicRestart');
  const failure = element.element('failure');
  return {
    name: element.get('name'),
    autoStart: element.get('autoStart'),
    startMode: element.get('startMode'),
    queueLength: element.get('queueLength'),
    processModel: {
      identityType: processModel.get('identityType'),
      userName: processModel.get('userName'),
      // Windows takes false for it. A pool whose keys vanish with it is what nobody asked for: only a no is one.
      loadUserProfile: !processModel.isSet('loadUserProfile') || processModel.get('loadUserProfile'),
      setProfileEnvironment: processModel.get('setProfileEnvironment'),
      manualGroupMembership: processModel.get('manualGroupMembership'),
      idleTimeoutMs: processModel.get('idleTimeout'),
      idleTimeoutAction: processModel.get('idleTimeoutAction'),
      maxProcesses: processModel.get('maxProcesses'),
      shutdownTimeLimitMs: processModel.get('shutdownTimeLimit'),
      startupTimeLimitMs: processModel.get('startupTimeLimit'),
      pingingEnabled: processModel.get('pingingEnabled'),
      pingIntervalMs: processModel.get('pingInterval'),
      pingResponseTimeMs: processModel.get('pingResponseTime'),
    },
    recycling: {
      disallowOverlappingRotation: recycling.get('disallowOverlappingRotation'),
      disallowRotationOnConfigChange: recycling.get('disallowRotationOnConfigChange'),
      logEventOnRecycle: recycling.get('logEventOnRecycle'),
      periodicRestart: {
        memoryKiB: periodicRestart.get('memory'),
        privateMemoryKiB: periodicRestart.get('privateMemory'),
        requests: periodicRestart.get('requests'),
        timeMs: periodicRestart.get('time'),
        scheduleMinutes: periodicRestart
          .element('schedule')
          .entries()
          .map((entry) => entry.get('value') / 60_000),
      },
    },
    failure: {
      loadBalancerCapabilities: failure.get('loadBalancerCapabilities'),
      orphanWorkerProcess: failure.get('orphanWorkerProcess'),
      rapidFailProtection: failure.get('rapidFailProtection'),
      rapidFailProtectionIntervalMs: failure.get('rapidFailProtectionInterval'),
      rapidFailProtectionMaxCrashes: failure.get('rapidFailProtectionMaxCrashes'),
    },
    environmentVariables: element
      .element('environmentVariables')
      .entries()
      .map((entry) => [entry.get('name'), entry.get('value')]),
    keyRing,
    origin,
  };
}

/** Names of variables ignore case on Windows and mind it here: both of a pair that differs in case only are set. */
function caseClashes(element: PoolElement): readonly ConfigurationDiagnostic[] {
  const names = new Map<string, string>();
  const clashes: ConfigurationDiagnostic[] = [];
  for (const entry of element.element('environmentVariables').entries()) {
    const name = entry.get('name');
    const other = names.get(name.toUpperCase());
    names.set(name.toUpperCase(), name);
    if (other === undefined) continue;
    const message = `Pool "${element.get('name')}" sets both ${other} and ${name}: on Linux these are two variables.`;
    clashes.push({ severity: 'warning', ...(entry.writtenAt as Origin), message });
  }
  return clashes;
}

/** A collection that a pool writes itself takes nothing from applicationPoolDefaults; where both exist, say so. */
function replacedDefaults(element: PoolElement, defaults: DefaultsElement): readonly ConfigurationDiagnostic[] {
  const pairs: readonly (readonly [name: string, own: Entries, inherited: Entries])[] = [
    [
      'environmentVariables',
      element.element('environmentVariables').entries(),
      defaults.element('environmentVariables').entries(),
    ],
    [
      'recycling/periodicRestart/schedule',
      element.element('recycling').element('periodicRestart').element('schedule').entries(),
      defaults.element('recycling').element('periodicRestart').element('schedule').entries(),
    ],
  ];
  return pairs.flatMap(([name, [own], [inherited]]) => {
    const origin = own?.writtenAt;
    if (origin === undefined || inherited === undefined || origin === inherited.writtenAt) return [];
    const message = `Pool "${element.get('name')}" has ${name} of its own: what applicationPoolDefaults has there does not reach it.`;
    return [{ severity: 'warning', ...origin, message }];
  });
}

type Entries = readonly { readonly writtenAt: Origin | undefined }[];
