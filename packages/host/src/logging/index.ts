export { eventTopics } from './catalogue.ts';
export type { Emit, EventFields, EventName, FieldsOf, LoggedEvent } from './event.ts';
export { createEventLog } from './event-log.ts';
export type { EventLog, EventLogOptions, EventSink, NumberedEvent } from './event-log.ts';
export { wantsColour } from './colour.ts';
export { jsonSink } from './json-sink.ts';
export { rotatingFileLines, streamLines } from './line-writer.ts';
export type { LineWriter } from './line-writer.ts';
export { printable, terminalSink } from './terminal-sink.ts';
