import { define, repeating } from '../event-definition.ts';
import { because, count, ending } from '../phrases.ts';

/** Of sites, gateways, requests and static content. */
export const gatewayEvents = {
  // ── sites and gateways ──
  'site.state': define(
    'info',
    (e: { site: string; siteId: number; state: string; reason?: string | undefined }) =>
      `site ${e.site} is ${e.state}${because(e.reason)}`,
  ),
  'site.binding.failed': define(
    'error',
    (e: { site: string; binding: string; error: string }) =>
      `site ${e.site} is stopped: binding ${e.binding} cannot be opened: ${e.error}`,
  ),
  'gateway.started': define('info', (e: { pid: number }) => `gateway ${e.pid} accepts connections`),
  'gateway.exited': define(
    'error',
    (e: { pid: number; code?: number | undefined; signal?: string | undefined }) =>
      `gateway ${e.pid} ended (${ending(e)}); the requests in its hands are lost, a new one takes over the sockets`,
  ),
  'gateway.stopped': define('info', (e: { pid: number }) => `gateway ${e.pid} has stopped`),
  'gateway.untrusted': define(
    'error',
    (e: { pid: number; detail: string }) => `gateway ${e.pid} broke the control protocol and is replaced: ${e.detail}`,
  ),
  'gateway.listen_failed': define(
    'error',
    (e: { address: string; port: number; error: string }) =>
      `no connections are accepted on ${e.address}:${e.port}: ${e.error}`,
  ),
  'gateway.accept_failed': repeating(
    define(
      'error',
      (e: { address: string; port: number; error: string }) =>
        `a connection to ${e.address}:${e.port} could not be accepted: ${e.error}`,
    ),
    'port',
  ),
  'gateway.module_unusable': define(
    'error',
    (e: { site: string; module: string; error: string }) =>
      `site ${e.site}: the module ${e.module} cannot be used, its requests are answered with 500.21: ${e.error}`,
  ),
  'gateway.clients_refused': repeating(
    define(
      'warn',
      (e: { limit: string }) =>
        `a gateway turned clients away: its limit of ${e.limit} is reached; requests beyond it get 503, connections a reset`,
    ),
    'limit',
  ),
  'gateway.events_suppressed': define(
    'warn',
    (e: { count: number }) => `${count(e.count, 'event')} of the last second are left out: there were too many`,
  ),
  'gateway.error_log_failed': repeating(
    define(
      'warn',
      (e: { folder: string; error: string; lost: number }) =>
        `the error log in ${e.folder} cannot be written: ${e.error}; ${count(e.lost, 'line')} of it are lost`,
    ),
    'folder',
  ),

  // ── requests ──
  'request.forwarding_failed': repeating(
    define(
      'warn',
      (e: { application: string; upstream: number; failure: string; detail: string }) =>
        `application ${e.application}: a request failed (${e.failure}${e.detail === '' ? '' : `: ${e.detail}`}); ` +
        'the client got a 502.3, or a reset when the response had begun',
    ),
    'application',
  ),
  'request.module_failed': repeating(
    define(
      'error',
      (e: { application: string; error: string }) =>
        `application ${e.application}: a request failed inside the gateway: ${e.error}`,
    ),
    'application',
  ),

  // ── static content ──
  'content.denied': repeating(
    define(
      'warn',
      (e: { site: string; path: string }) =>
        `site ${e.site}: the gateway may not read ${e.path}, requests for it are answered with 401.3; ` +
        'give the user of the gateway the right to read it, and to search the folders above it',
    ),
    'path',
  ),
  'content.link_refused': repeating(
    define(
      'warn',
      (e: { site: string; path: string; leadsTo: string }) =>
        `site ${e.site}: ${e.path} leads to ${e.leadsTo}, outside of its folder, and is not served; ` +
        'make that folder a virtual directory, or copy the file',
    ),
    'path',
  ),
  'content.case_differs': repeating(
    define(
      'warn',
      (e: { site: string; wanted: string; found: string }) =>
        `site ${e.site}: ${e.wanted} was asked for and ${e.found} was served; names differ by case on Linux, ` +
        'use the same spelling in links and files',
    ),
    'found',
  ),
  'content.failed': repeating(
    define(
      'error',
      (e: { site: string; path: string; error: string }) => `site ${e.site}: ${e.path} cannot be served: ${e.error}`,
    ),
    'path',
  ),
} as const;
