export type {
  Answer,
  ClientConnectionFacts,
  Exchange,
  RequestHead,
  Route,
  StreamedAnswer,
} from './pipeline/exchange.ts';
export type { ForwardOptions, GatewayModule, ModuleInstance, ModuleServices, Outcome } from './pipeline/module.ts';
export { Gateway, type GatewayParts } from './gateway.ts';
