import type { GatewayModule, ModuleInstance } from '../../gateway/pipeline/module.ts';
import { failureAnswer } from '../error-pages/index.ts';
import type { AspNetCoreSettings } from './settings.ts';

/**
 * Sends requests to the program of the application (AspNetCoreModuleV2 and its kin). Whatever the hosting
 * model: where the program runs is the upstream's business.
 */
export const aspNetCoreModule: GatewayModule<AspNetCoreSettings> = {
  id: 'asp-net-core',
  create(settings, services): ModuleInstance {
    if ('failure' in settings) {
      const answer = failureAnswer(settings.failure, settings.detailedErrors);
      return {
        handle(exchange) {
          exchange.send(answer);
          return 'done';
        },
      };
    }
    const { forward } = settings;
    return {
      handle(exchange) {
        services.forward(exchange, forward);
        return 'done';
      },
    };
  },
};
