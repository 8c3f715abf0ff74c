import type { KeeperJob } from './keeper-job.ts';
import { performJob } from './keeper/perform-job.ts';

/**
 * The key keeper: started with nothing but a control channel, under the user whom the ring belongs to. It does one job
 * and ends with the channel.
 */
process.once('message', (job) => {
  void performJob(job as KeeperJob).then((answer) => {
    if (process.connected) process.send?.(answer);
  });
});
process.on('disconnect', () => process.exit(0));
