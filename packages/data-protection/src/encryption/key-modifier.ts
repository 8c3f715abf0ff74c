/** Random bytes in front of every body: they go into the derivation, so that each payload has keys of its own. */
export const keyModifierBytes = 16;
