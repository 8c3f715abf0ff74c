import type { Health, ObjectState } from '../supervisor/management/index.ts';
import type { Format, StyledStream } from './output.ts';

/** How a state looks: symbol, its ASCII spelling, colour. The word is always there, so colour is never the only signal. */
const looks = {
  good: { symbol: '●', ascii: '*', colour: 'green' },
  changing: { symbol: '◐', ascii: '~', colour: 'yellow' },
  off: { symbol: '○', ascii: '-', colour: 'dim' },
  bad: { symbol: '✖', ascii: 'x', colour: 'red' },
} as const satisfies Record<string, { symbol: string; ascii: string; colour: Format }>;

/** `● started`, `◐ recycling`, `✖ failed`: the health where it says more than the state. */
export function formatState(state: ObjectState, health: Health, stream: StyledStream): string {
  const { word, look } = describeState(state, health);
  const { symbol, ascii, colour } = looks[look];
  return `${stream.paint(colour, stream.unicode ? symbol : ascii)} ${word}`;
}

function describeState(state: ObjectState, health: Health): { word: string; look: keyof typeof looks } {
  if (health === 'failed') return { word: 'failed', look: 'bad' };
  switch (state) {
    case 'started':
      return describeHealth(health);
    case 'starting':
    case 'stopping':
      return { word: state, look: 'changing' };
    case 'stopped':
      return { word: state, look: 'off' };
    case 'unknown':
      return { word: state, look: 'changing' };
  }
}

function describeHealth(health: Exclude<Health, 'failed'>): { word: string; look: keyof typeof looks } {
  switch (health) {
    case 'healthy':
      return { word: 'started', look: 'good' };
    case 'idle':
      return { word: 'idle', look: 'good' };
    case 'recycling':
    case 'degraded':
      return { word: health, look: 'changing' };
    case 'unknown':
      return { word: 'started', look: 'changing' };
  }
}
