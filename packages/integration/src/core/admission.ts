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
import { lazyCertificate, type LazyCertificate } from './client-certificate.ts';
import { ClientSocket } from './client-socket.ts';
import { parseForwardedFor, parseForwardedProto, splitLastElement } from './forwarded.ts';
import { editHeaders, type HeaderEdit } from './header-edit.ts';
import { isAdmitted, markAdmitted } from './hosted-request.ts';
import type { Hosting } from './hosting.ts';
import { parseIisUser } from './iis-user.ts';
import { createPathBaseSplitter, type SplitPathBase } from './path-base.ts';
import type { Report } from './report.ts';
import { isShutdownMessage } from './shutdown-message.ts';

/** What is to be done with a request: refuse it with 400, stop the process, or call the application. */
export type Verdict = 'refuse' | 'stop' | 'application';

const reservedPrefix = lowerCase(reservedHeaderPrefix);
const tokenKey = lowerCase(pairingTokenHeader);
const certificateKey = lowerCase(clientCertificateHeader);
const userKey = lowerCase(userHeader);
const userAuthenticationTypeKey = lowerCase(userAuthenticationTypeHeader);
const userGroupsKey = lowerCase(userGroupsHeader);

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
    if (!this.#isPaired(field(request, tokenKey))) return 'refuse';

    const { pathBase, target } = this.#split(request.url ?? '/');
    if (isShutdownMessage(request, target)) return 'stop';

    const certificate = lazyCertificate(field(request, certificateKey), this.#report);
    const iisUser = parseIisUser(
      field(request, userKey),
      field(request, userAuthenticationTypeKey),
      field(request, userGroupsKey),
    );
    this.#showClient(request, certificate);
    markAdmitted(request, { pathBase, target, iisUser, certificate });
    return 'application';
  }

  #showClient(request: IncomingMessage, certificate: LazyCertificate | undefined): void {
    const socket = this.#clientSocket(request.socket);
    const forwardedFor = splitLastElement(field(request, 'x-forwarded-for') ?? '');
    const forwardedProto = splitLastElement(field(request, 'x-forwarded-proto') ?? '');
    const client = parseForwardedFor(forwardedFor.last);
    const scheme = parseForwardedProto(forwardedProto.last);

    const edits: HeaderEdit[] = [];
    if (client !== undefined) {
      edits.push({ key: 'x-forwarded-for', name: 'X-Forwarded-For', value: forwardedFor.rest || undefined });
      edits.push({ key: 'x-original-for', name: 'X-Original-For', value: socket.original });
    }
    if (scheme !== undefined) {
      edits.push({ key: 'x-forwarded-proto', name: 'X-Forwarded-Proto', value: forwardedProto.rest || undefined });
      edits.push({ key: 'x-original-proto', name: 'X-Original-Proto', value: 'http' });
    }
    editHeaders(request, edits, reservedPrefix);
    socket.show(client, scheme ?? 'http', certificate);
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

/** Node.js joins several lines of a field, which makes a doubled token a wrong one. */
function field(request: IncomingMessage, name: Lowercase<string>): string | undefined {
  return request.headers[name] as string | undefined;
}

function lowerCase(name: string): Lowercase<string> {
  return name.toLowerCase() as Lowercase<string>;
}
