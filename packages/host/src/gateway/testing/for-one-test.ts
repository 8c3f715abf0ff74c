import { onTestFinished } from 'vitest';
import { RawClient } from './raw-client.ts';
import { type GatewaySetup, RunningGateway } from './running-gateway.ts';
import { ScriptedUpstream, type UpstreamPeer } from './scripted-upstream.ts';

/** A gateway that stops when the test ends. */
export async function startGateway(setup: GatewaySetup = {}): Promise<RunningGateway> {
  const gateway = await RunningGateway.start(setup);
  onTestFinished(() => gateway.stop());
  return gateway;
}

/** A client of `gateway` that leaves when the test ends. */
export function openClient(gateway: RunningGateway): RawClient {
  const client = new RawClient(gateway.port);
  onTestFinished(() => client.destroy());
  return client;
}

/** An upstream that no gateway knows yet, and that closes when the test ends. */
export async function listenScripted(
  onData: (peer: UpstreamPeer) => void,
): Promise<{ readonly scripted: ScriptedUpstream; readonly port: number }> {
  const scripted = new ScriptedUpstream(onData);
  onTestFinished(() => scripted.close());
  return { scripted, port: await scripted.listen() };
}
