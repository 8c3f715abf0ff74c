/** Takes one sentence for the operator. */
export type Report = (message: string) => void;

/** Standard error, which the host keeps as the application's output. */
export const reportToStandardError: Report = (message) => {
  process.stderr.write(`@poolhouse/integration: ${message}\n`);
};
