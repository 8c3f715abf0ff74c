export { failureAnswer, statusAnswer } from './answer.ts';
