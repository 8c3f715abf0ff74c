import { channelVersion, type GatewaySettings, gatewaySettingsVariable, type ToGateway } from '@poolhouse/contract';
import { failureAnswer, statusAnswer } from '../modules/error-pages/index.ts';
import { gatewayModules } from '../modules/registry.gateway.ts';
import { SupervisorChannel } from './control/supervisor-channel.ts';
import { Gateway } from './gateway.ts';

/**
 * The gateway process. It is started by the supervisor with a control channel and inherited sockets, and ends by
 * `drain`, by SIGTERM (the same), when the channel is lost, or by SIGKILL. A terminal's SIGINT is for the supervisor.
 */
const tickMs = 100;
/** SIGTERM does not say how long clients may take. */
const sigtermLimitMs = 90_000;
/** Descriptors for upstreams' idle ends, files and the process itself. */
const reservedDescriptors = 256;

function readSettings(): GatewaySettings {
  const text = process.env[gatewaySettingsVariable];
  Reflect.deleteProperty(process.env, gatewaySettingsVariable);
  if (text === undefined || process.send === undefined) {
    throw new Error('the gateway is started by the supervisor; run `poolhouse start` or `poolhouse run` instead');
  }
  const settings = JSON.parse(text) as GatewaySettings;
  if (settings.version !== channelVersion) {
    throw new Error(`the supervisor speaks version ${settings.version} of the control channel, not ${channelVersion}`);
  }
  return settings;
}

/** Each forwarded request needs a client's descriptor and an upstream's. */
function maxConnections(): number {
  const report = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft?: number | 'unlimited' } };
  };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? Math.max(64, Math.floor((soft - reservedDescriptors) / 2)) : 100_000;
}

const channel = new SupervisorChannel();
const gateway = new Gateway({
  settings: readSettings(),
  modules: gatewayModules,
  answers: { status: (status, subStatus) => statusAnswer(status, subStatus), failure: failureAnswer },
  maxConnections: maxConnections(),
  now: () => performance.now(),
  epoch: () => Date.now(),
  send: (message) => channel.send(message),
  unsent: () => channel.unsent > 0,
  finished: () => channel.whenSent(() => process.exit(0)),
});

function onDisconnect(): void {
  process.exit(0);
}

process.on('disconnect', onDisconnect);
process.on('message', (message) => gateway.receive(message as ToGateway));
process.on('SIGTERM', () => gateway.drain(sigtermLimitMs, false));
process.on('SIGINT', () => {});
setInterval(() => gateway.tick(), tickMs);
gateway.start();
