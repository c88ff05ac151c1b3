/** What the element <cnn-lab> has to say before, or without, the lab's own words. */
export const embed = {
  embedWait: 'Starting the lab',
  embedAgain: 'Try again',
  embedReload: 'Reload the page',
  embedNoStation: 'There is no station “{name}”',
  embedStations: 'use {names}',
  embedNotLoaded: 'The lab cannot be loaded',
  embedCheck: 'check the connection and try again',
} as const;
