/**
 * Most faults that are told of one file, and of one section at one level: a file with more is repaired step by step,
 * and one that is made of faults must not cost more than any other.
 */
export const faultLimit = 100;
