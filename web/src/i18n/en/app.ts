/** The application around the stations. */
export const app = {
  skip: 'Skip to the station',
  stations: 'Stations',
  language: 'Language',
  theme: 'Theme',
  themeAuto: 'system',
  themeLight: 'light',
  themeDark: 'dark',
  copyLink: 'Copy link',
  copied: 'Link copied',
  reloadPage: 'Reload the page',
  stationMissing: 'This station cannot be loaded — check the connection and try again.',
  stationConvolution: 'Convolution',
  stationFilter: 'Learn a filter',
  stationTrain: 'Train',
  stationStudy: 'Compare',
  openInLab: 'Open in the lab',
} as const;
