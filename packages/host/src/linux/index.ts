export * from './captured-output.ts';
export * from './launch.ts';
export * from './listening-socket.ts';
export * from './output-file.ts';
export * from './proc.ts';
export * from './run-record.ts';
export * from './tcp-listeners.ts';
export * from './users.ts';
