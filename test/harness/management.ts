import { request as httpRequest } from 'node:http';

// Shapes only; the product is used from outside.
import type {
  PoolSnapshot,
  StatusSnapshot,
  WorkerSnapshot,
} from '../../packages/host/src/supervisor/management/operations.ts';

export type { PoolSnapshot, StatusSnapshot, WorkerSnapshot };

export interface ManagementAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request to the management API on its unix socket. */
export function callManagement(socketPath: string, method: string, path: string): Promise<ManagementAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { socketPath, method, path, headers: { host: 'localhost', 'x-poolhouse-request': '1' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode as number, text }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end();
  });
}
