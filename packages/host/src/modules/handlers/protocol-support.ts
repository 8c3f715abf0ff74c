import { statusAnswer } from '../error-pages/index.ts';
import type { Handler } from './handler.ts';

const methods = 'OPTIONS, TRACE, GET, HEAD, POST';

/**
 * Answers OPTIONS with what the server takes (ProtocolSupportModule). TRACE, which would send a client's
 * cookies back to a script, is refused.
 */
export const protocolSupport: Handler = {
  execute({ exchange }) {
    switch (exchange.request.method) {
      case 'OPTIONS':
        exchange.send({
          status: 200,
          headers: [
            ['Allow', methods],
            ['Public', methods],
          ],
        });
        return 'done';
      case 'TRACE':
        exchange.send(statusAnswer(405, 0, [['Allow', 'OPTIONS, GET, HEAD, POST']]));
        return 'done';
      default:
        return 'next';
    }
  },
};
