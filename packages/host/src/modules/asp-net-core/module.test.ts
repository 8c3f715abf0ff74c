import { describe, expect, it } from 'vitest';
import { injectExchange } from '../../gateway/testing/injected-exchange.ts';
import { recordedServices } from '../testing/module-services.ts';
import { aspNetCoreModule } from './module.ts';

describe('aspNetCoreModule', () => {
  it('forwards every request with the options of its settings', () => {
    const services = recordedServices();
    const forward = { requestTimeoutMs: 120_000, forwardResponseConnectionHeader: false, errorPage: true };
    const exchange = injectExchange({ method: 'BREW', target: '/any?thing' });
    expect(aspNetCoreModule.create({ forward }, services).handle(exchange)).toBe('done');
    expect(services.forwarded).toEqual([{ exchange, options: forward }]);
  });

  it.each([
    [true, true],
    [false, false],
  ])('M-1 answers with the failure of the configuration, with its detail: %s', async (detailedErrors, shown) => {
    const failure = {
      status: 500,
      subStatus: 0,
      title: 'Hosting failure',
      detail: "the 'processPath' attribute",
      page: true,
    };
    const exchange = injectExchange();
    await aspNetCoreModule.create({ failure, detailedErrors }, recordedServices()).handle(exchange);
    const answer = await exchange.answer;
    expect(answer).toMatchObject({ status: 500, subStatus: 0 });
    expect(answer.text).toContain('HTTP Error 500.0 - Hosting failure');
    expect(answer.text.includes('processPath&#39; attribute')).toBe(shown);
  });
});
