export { integrate, type IntegrationOptions } from './core/integrate.ts';
export { listen, type ListenOptions } from './core/listen.ts';
export type { IisUser } from './core/iis-user.ts';
import './core/hosted-request.ts';
