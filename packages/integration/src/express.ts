import type { IntegrationOptions } from './core/integrate.ts';
import { integrateListen, type ListeningApplication } from './core/listening-application.ts';
import './core/hosted-request.ts';

/**
 * Integrates an Express application, 4 or 5. Call it before `app.listen`, which then listens where the gateway
 * connects. Returns the application; when the process is not hosted, nothing about it has changed.
 *
 * `req.ip`, `req.protocol`, `req.secure`, `req.baseUrl` and `req.originalUrl` tell of the client without
 * `trust proxy`. An application that makes its own server uses `integrate(server)` instead.
 */
export function expressIntegration<A extends ListeningApplication>(app: A, options: IntegrationOptions = {}): A {
  integrateListen(app, options);
  return app;
}
