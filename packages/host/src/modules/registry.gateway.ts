import type { GatewayModule } from '../gateway/pipeline/module.ts';
import { aspNetCoreModule } from './asp-net-core/module.ts';
import { handlersModule } from './handlers/module.ts';
import { requestFilteringModule } from './request-filtering/module.ts';

/** Every module that a plan may name, one line each; their compilers are in `registry.supervisor.ts`. */
export const gatewayModules: readonly GatewayModule[] = [requestFilteringModule, handlersModule, aspNetCoreModule];
