/** What is needed of a binding to reach it. */
interface BindingAddress {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  /** `*` or a numeric address. */
  readonly address: string;
  readonly port: number;
}

const defaultPorts = { http: 80, https: 443 } as const;

/** What a browser on this machine opens to reach a binding; any name stands for a wildcard. */
export function bindingUrl({ protocol, host, address, port }: BindingAddress): string {
  const suffix = port === defaultPorts[protocol] ? '' : `:${port}`;
  return `${protocol}://${urlHost(host, address)}${suffix}/`;
}

function urlHost(host: string, address: string): string {
  if (host !== '') return host.replace(/^\*\./, 'www.');
  if (address === '*') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}
