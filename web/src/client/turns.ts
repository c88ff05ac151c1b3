/** Asks for a turn of the event loop. */
export interface Turns {
  ask(): void;
  stop(): void;
}

/** Turns by messages, as timers are slowed down in a background tab. */
export function messageTurns(turn: () => void): Turns {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = turn;
  return {
    ask: () => port2.postMessage(null),
    stop: () => {
      port1.close();
      port2.close();
    },
  };
}

/** Waits for the next turn. Messages that have arrived go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const turns = messageTurns(() => {
      turns.stop();
      resolve();
    });
    turns.ask();
  });
}
