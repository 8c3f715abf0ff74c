import { bindTcpSocket, portHolder } from '../../linux/index.ts';
import type { ListeningSocket } from '../../linux/index.ts';
import type { PortProbe } from './port-choice.ts';

/** Asks this machine: binds each address and lets go of it again. */
export const machinePorts: PortProbe = {
  bind(addresses, port) {
    const bound: ListeningSocket[] = [];
    try {
      for (const address of addresses) bound.push(bindTcpSocket(address, port));
      return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    } finally {
      for (const socket of bound) socket.close();
    }
  },
  holder: portHolder,
};
