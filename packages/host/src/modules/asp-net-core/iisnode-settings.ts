import type { AttributeValue, EffectiveElement, Origin } from '@poolhouse/configuration';
import type { HostingContext } from './hosting-context.ts';
import { parseIisnodeOverrides } from './iisnode-overrides.ts';
import { iisnodeSection } from './iisnode-section.ts';
import type { IisnodeSetting } from './iisnode-section.ts';

/** Settings of iisnode after `iisnode.yml` had its say. */
export interface IisnodeSettings {
  text(name: IisnodeSetting): string;
  count(name: IisnodeSetting): number;
  flag(name: IisnodeSetting): boolean;
  /** Whether a file sets it. */
  isSet(name: IisnodeSetting): boolean;
}

/** A value of `iisnode.yml` that does not fit is reported and left out; `origin` is the handler's. */
export function readIisnodeSettings(
  section: EffectiveElement<typeof iisnodeSection>,
  origin: Origin,
  context: HostingContext,
): IisnodeSettings {
  const overrides = parseIisnodeOverrides(context.iisnodeOverrides ?? '');
  const warn = (message: string): void => context.report({ severity: 'warning', ...origin, message });
  for (const line of overrides.unreadable) warn(`iisnode.yml, line ${line}: not of the form "name: value"; ignored.`);
  const values = new Map<string, AttributeValue>();
  for (const [name, text] of overrides.values) {
    const value = isSetting(name) ? parseValue(name, text) : undefined;
    if (value !== undefined) values.set(name, value);
    else warn(`iisnode.yml: ${name} ${isSetting(name) ? 'has a value that does not fit' : 'is no setting'}; ignored.`);
  }
  const valueOf = (name: IisnodeSetting): AttributeValue => values.get(name) ?? section.get(name);
  return {
    text: (name) => String(valueOf(name)),
    count: (name) => Number(valueOf(name)),
    flag: (name) => valueOf(name) === true,
    isSet: (name) => values.has(name) || section.isSet(name),
  };
}

function isSetting(name: string): name is IisnodeSetting {
  return Object.hasOwn(iisnodeSection.attributes, name);
}

function parseValue(name: IisnodeSetting, text: string): AttributeValue | undefined {
  switch (iisnodeSection.attributes[name].type) {
    case 'bool':
      return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
    case 'uint':
      return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    case 'string':
      return text;
  }
}
