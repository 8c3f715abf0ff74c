import { describe, expect, it } from 'vitest';
import { failureAnswer, statusAnswer } from './answer.ts';

const failure = { status: 502, subStatus: 5, title: 'Start failure', detail: '/srv/app is missing', page: true };

describe('failureAnswer', () => {
  it('shows the detail only where detailed errors are on', () => {
    expect(failureAnswer(failure, true).body).toContain('/srv/app is missing');
    expect(failureAnswer(failure, false).body).not.toContain('/srv/app');
  });

  it('gives the short page where the page of the module is off', () => {
    const answer = failureAnswer({ ...failure, page: false }, true);
    expect(answer).toMatchObject({ status: 502, subStatus: 5 });
    expect(answer.body).not.toContain('What to do');
    expect(answer.body).not.toContain('/srv/app');
  });
});

describe('statusAnswer', () => {
  it('keeps the sub-status from the client', () => {
    const answer = statusAnswer(404, 8);
    expect(answer).toMatchObject({ status: 404, subStatus: 8 });
    expect(answer.body).toContain('404 Not Found');
    expect(answer.body).not.toContain('404.8');
  });

  it('adds fields to the type of the page', () => {
    expect(statusAnswer(405, 0, [['Allow', 'GET, HEAD']]).headers).toEqual([
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Allow', 'GET, HEAD'],
    ]);
  });

  it('knows statuses without a sentence, and without a name', () => {
    expect(statusAnswer(418).body).toContain('418 I&#39;m a Teapot');
    expect(statusAnswer(499).body).toContain('499 Error');
  });
});
