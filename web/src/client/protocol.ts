/**
 * What the page and the engine's worker say to each other. Calls have replies; events are a stream of their own, merged in the
 * worker to at most one message a frame. All pixels are rows of [height, width, channels], all tensors row-major.
 * What the engine knows is spelled as in its files (`steps_per_epoch`); what only page and worker know, as in their code.
 */
export * from './protocol/generated.js';
export * from './protocol/errors.js';
export * from './protocol/values.js';
export * from './protocol/calls.js';
export * from './protocol/events.js';
export * from './protocol/messages.js';
