import type { NodeInternals } from '../node-internals.ts';
import { gatewayConnectionOf } from './gateway-connection.ts';

/**
 * Takes the private field out of every request of the gateway where the parser hands the head over: `rawHeaders`,
 * `headers` and `headersDistinct` are made of what is left, and nothing needs to be deleted from an object.
 */
export function interceptHeads({ messagePrototype }: Pick<NodeInternals, 'messagePrototype'>): void {
  const addHeaderLines = messagePrototype._addHeaderLines;
  messagePrototype._addHeaderLines = function (fields, count) {
    // Trailers come the same way, after the message is complete.
    const connection = this.complete ? undefined : gatewayConnectionOf(this.socket);
    addHeaderLines.call(this, fields, connection === undefined ? count : count - connection.takeHead(fields));
  };
}
