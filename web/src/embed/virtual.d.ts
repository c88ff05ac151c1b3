/** Made by scripts/vite/embed-words.ts. */
declare module 'virtual:embed-words' {
  const words: Record<Exclude<import('../i18n/lang.js').Lang, 'en'>, import('../i18n/language.js').Language['embed']>;
  export default words;
}
