/**
 * The protocol between the page and the engine's worker. Calls have replies. Events are a stream of their own: the
 * worker merges them and sends at most one message a frame. Pixels are rows of [height, width, channels], tensors are
 * row-major.
 */
export * from './protocol/generated.js';
export * from './protocol/errors.js';
export * from './protocol/values.js';
export * from './protocol/calls.js';
export * from './protocol/events.js';
export * from './protocol/messages.js';
