import type { ApplicationState } from '@poolhouse/contract';
import type { ForwardableExchange } from '../pipeline/forwardable.ts';
import type { ForwardOptions } from '../pipeline/module.ts';
import type { SiteAnswers } from '../pipeline/site-answers.ts';
import { OfflinePages } from './offline-page.ts';

/** Answers for an application that failed to start, or is offline. */
export class StateAnswers {
  private readonly answers: SiteAnswers;
  private readonly offlinePages: OfflinePages;

  constructor(answers: SiteAnswers, now: () => number) {
    this.answers = answers;
    this.offlinePages = new OfflinePages(now);
  }

  /** Answers the exchange; false when the state asks for nothing of the kind. */
  answer(exchange: ForwardableExchange, options: ForwardOptions, state: ApplicationState): boolean {
    if (state.state === 'offline') void this.answerOffline(exchange, state.offlinePage);
    else if (state.state === 'failed') this.answerFailed(exchange, options, state);
    else return false;
    return true;
  }

  /** A page that was shown before may be another one now. */
  changed({ offlinePage }: ApplicationState): void {
    if (offlinePage !== undefined) this.offlinePages.forget(offlinePage);
  }

  private answerFailed(exchange: ForwardableExchange, options: ForwardOptions, { failure }: ApplicationState): void {
    if (failure === undefined) return exchange.send(this.answers.status(500, 0));
    if (options.errorPage) return exchange.send(this.answers.failure(failure, options.detailedErrors === true));
    // Without its page, the module reports a start that failed as an ordinary forwarding error.
    const subStatus = failure.status === 502 && failure.subStatus === 5 ? 3 : failure.subStatus;
    exchange.send(this.answers.status(failure.status, subStatus));
  }

  private async answerOffline(exchange: ForwardableExchange, path: string | undefined): Promise<void> {
    const body = path === undefined ? '' : await this.offlinePages.read(path);
    exchange.send({ status: 503, subStatus: 0, headers: [['Content-Type', 'text/html']], body });
  }
}
