import { expect, it } from 'vitest';
import { choice, number, read, text, unreadIn, write, type Table } from '../../src/state/properties.js';

interface State {
  noise: number;
  tab: 'a' | 'b';
  name: string;
}
const table: Table<State> = { noise: number(0.25, 0, 1), tab: choice('a', ['a', 'b']), name: text('', 3) };

it('names what a link says and nobody knows, with what is taken instead', () => {
  const link = 'noise=foo&tab=c&name=long&colour=red&lang=en&theme=dark';
  expect(unreadIn(table, link)).toEqual([
    { field: 'noise', value: 'foo', taken: '0.25' },
    { field: 'tab', value: 'c', taken: 'a' },
    { field: 'name', value: 'long', taken: '' },
    { field: 'colour', value: 'red', taken: null },
  ]);
  expect(read(table, link)).toEqual({ noise: 0.25, tab: 'a', name: '' });
});

it('a link that is known has nothing to name', () => {
  expect(unreadIn(table, '')).toEqual([]);
  expect(unreadIn(table, write(table, { noise: 1, tab: 'b', name: 'abc' }))).toEqual([]);
  // A name that every object has is no field.
  expect(unreadIn(table, 'toString=1')).toEqual([{ field: 'toString', value: '1', taken: null }]);
});
