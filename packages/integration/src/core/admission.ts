import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  clientCertificateHeader,
  pairingTokenHeader,
  reservedHeaderPrefix,
  userAuthenticationTypeHeader,
  userGroupsHeader,
  userHeader,
} from '@poolhouse/contract';
import { parseClientCertificate } from './client-certificate.ts';
import { ClientSocket } from './client-socket.ts';
import { parseForwardedFor, parseForwardedProto, splitLastElement } from './forwarded.ts';
import { editHeaders } from './header-edit.ts';
import { isAdmitted, markAdmitted } from './hosted-request.ts';
import type { Hosting } from './hosting.ts';
import { parseIisUser } from './iis-user.ts';
import { createPathBaseSplitter, type SplitPathBase } from './path-base.ts';
import type { Report } from './report.ts';
import { isShutdownMessage } from './shutdown-message.ts';

/** What is to be done with a request: refuse it with 400, stop the process, or call the application. */
export type Verdict = 'refuse' | 'stop' | 'application';

const reservedPrefix = reservedHeaderPrefix.toLowerCase();

/**
 * Looks at each request before the application does, in this order:
 *
 *   1. pairing token      → refuse
 *   2. shutdown message   → stop
 *   3. forwarded headers: the socket tells of the client; the gateway's own words leave the head
 *   4. path base: `url` begins after it
 *   5. client certificate and user
 *   6.                    → application
 */
export class Admission {
  readonly #isPaired: Hosting['isPaired'];
  readonly #split: SplitPathBase;
  readonly #report: Report;
  readonly #sockets = new WeakMap<Socket, ClientSocket>();

  constructor(hosting: Hosting, report: Report) {
    this.#isPaired = hosting.isPaired;
    this.#split = createPathBaseSplitter(hosting.pathBase);
    this.#report = report;
  }

  /** Prepares the request for the application, unless the verdict is another. */
  judge(request: IncomingMessage): Verdict {
    // An application may emit 'request' again for one that it got as 'checkContinue'.
    if (isAdmitted(request)) return 'application';
    if (!this.#isPaired(field(request, pairingTokenHeader))) return 'refuse';

    const { pathBase, target } = this.#split(request.url ?? '/');
    if (isShutdownMessage(request, target)) return 'stop';

    const certificate = field(request, clientCertificateHeader);
    const iisUser = parseIisUser(
      field(request, userHeader),
      field(request, userAuthenticationTypeHeader),
      field(request, userGroupsHeader),
    );
    this.#showClient(request);
    markAdmitted(request, {
      pathBase,
      target,
      iisUser,
      readCertificate: certificate === undefined ? undefined : () => parseClientCertificate(certificate, this.#report),
    });
    return 'application';
  }

  #showClient(request: IncomingMessage): void {
    const socket = this.#clientSocket(request.socket);
    const forwardedFor = splitLastElement(field(request, 'x-forwarded-for') ?? '');
    const forwardedProto = splitLastElement(field(request, 'x-forwarded-proto') ?? '');
    const client = parseForwardedFor(forwardedFor.last);
    const scheme = parseForwardedProto(forwardedProto.last);

    const edits = new Map<string, { name: string; value: string | undefined }>();
    if (client !== undefined) {
      const { address, port } = socket.gateway;
      const original = address === undefined ? 'unix' : `${address.includes(':') ? `[${address}]` : address}:${port}`;
      edits.set('x-forwarded-for', { name: 'X-Forwarded-For', value: forwardedFor.rest || undefined });
      edits.set('x-original-for', { name: 'X-Original-For', value: original });
    }
    if (scheme !== undefined) {
      edits.set('x-forwarded-proto', { name: 'X-Forwarded-Proto', value: forwardedProto.rest || undefined });
      edits.set('x-original-proto', { name: 'X-Original-Proto', value: 'http' });
    }
    editHeaders(request, edits, reservedPrefix);
    socket.show(client, scheme ?? 'http');
  }

  #clientSocket(socket: Socket): ClientSocket {
    let known = this.#sockets.get(socket);
    if (known === undefined) {
      known = new ClientSocket(socket);
      this.#sockets.set(socket, known);
    }
    return known;
  }
}

/** The value of a field; several lines are joined, which makes a doubled token a wrong one. */
function field(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : value?.join(', ');
}
