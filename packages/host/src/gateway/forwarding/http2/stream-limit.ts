/**
 * Streams that share a session. Servers bound what a session may use for all of its streams (`maxSessionMemory` of
 * Node.js: 10 MB), and count on one client behind it; so no session carries all of them.
 */
export const maxStreamsAtOnce = 100;
