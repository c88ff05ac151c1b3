/** The editions of ADL's model for learning platforms that a page can report to. */
export type ScormVersion = '1.2' | '2004';
