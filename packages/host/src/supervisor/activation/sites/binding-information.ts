import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** What `ip:port:host` of an http or https binding says. */
export interface ParsedBinding {
  /** `*`, or a numeric address; IPv6 without brackets, in its shortest form. */
  readonly address: string;
  readonly port: number;
  /** Lower-case ASCII; empty = any; `*.example.com` = any name below. */
  readonly host: string;
}

/**
 * Reads `bindingInformation`, split from the right so that IPv6 addresses in brackets keep their colons. An
 * empty address is `*`; international names become their ASCII form.
 */
export function parseBindingInformation(text: string): ParsedBinding | { readonly problem: string } {
  const match = /^(.*):([^:]*):([^:]*)$/s.exec(text);
  if (match === null)
    return { problem: `"${text}" is not of the form address:port:host, for example *:80:www.example.com` };
  const [, addressText, portText, hostText] = match as unknown as [string, string, string, string];
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65_535) {
    return { problem: `"${portText}" is not a port: it should be a number from 1 to 65535` };
  }
  const address = parseAddress(addressText);
  if (address === undefined) {
    return {
      problem: `"${addressText}" is not an address: it should be *, an IPv4 address, or an IPv6 address in brackets`,
    };
  }
  const host = parseHost(hostText);
  return typeof host === 'string' ? { address, port, host } : host;
}

function parseAddress(text: string): string | undefined {
  if (text === '' || text === '*' || text === '+') return '*';
  // "Any address of one family" is any address: one socket serves both families.
  if (text === '0.0.0.0' || text === '[::]') return '*';
  if (isIPv4(text)) return text;
  const bracketed = /^\[(.*)\]$/.exec(text)?.[1];
  if (bracketed === undefined || !isIPv6(bracketed) || bracketed.includes('%')) return undefined;
  return new URL(`http://[${bracketed}]/`).hostname.slice(1, -1);
}

function parseHost(text: string): string | { readonly problem: string } {
  if (text === '' || text === '*' || text === '+') return '';
  const wildcard = text.startsWith('*.');
  const name = (wildcard ? text.slice(2) : text).replace(/\.$/, '');
  if (name.includes('*')) {
    return { problem: `"${text}" is not a host: * may only stand for the whole first label, as in *.example.com` };
  }
  const ascii = toAscii(name);
  const labels = ascii.split('.');
  if (ascii === '' || ascii.length > 253 || !labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))) {
    return { problem: `"${text}" is not a host name` };
  }
  return wildcard ? `*.${ascii}` : ascii;
}

/** Only names that need it go through the conversion for URLs, which would also read `1.2` as an address. */
function toAscii(name: string): string {
  const ascii = /^[\x00-\x7f]*$/.test(name) || /[\s/?#@\\%]/.test(name) ? name : domainToASCII(name);
  return ascii.toLowerCase();
}
