export { askKeeper, type AskKeeper } from './ask-keeper.ts';
export { hostKeyRings } from './host-key-rings.ts';
export { KeyRings, type KeyRingSnapshot } from './key-rings.ts';
export type { CertificateBytes, KeeperAction, KeeperAnswer, KeeperJob, KeyFacts } from './keeper-job.ts';
export { placeName } from './place-name.ts';
export { ringMaterial, type RingMaterial } from './ring-material.ts';
