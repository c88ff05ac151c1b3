import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules/', 'bindings/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.ts', 'test/unit/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Every promise has its failure said somewhere: `void` would drop it.
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      // Array extents are known where these stand; noUncheckedIndexedAccess asks for them.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      'no-restricted-imports': [
        'error',
        {
          name: 'lit/directives/style-map.js',
          message: 'Use ui/style-map.js: Lit’s writes style attributes, which a strict policy forbids.',
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['test/alone/*.mjs', 'test/e2e/*.mjs', 'test/browsers/*.mjs'],
    // Functions that run in the page.
    languageOptions: {
      globals: {
        document: 'readonly',
        location: 'readonly',
        window: 'readonly',
        customElements: 'readonly',
        requestAnimationFrame: 'readonly',
        addEventListener: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        postMessage: 'readonly',
        getComputedStyle: 'readonly',
        Worker: 'readonly',
        DataTransfer: 'readonly',
        File: 'readonly',
        DragEvent: 'readonly',
        PerformanceObserver: 'readonly',
        OffscreenCanvas: 'readonly',
        Event: 'readonly',
        URLSearchParams: 'readonly',
        dispatchEvent: 'readonly',
        DOMException: 'readonly',
      },
    },
  },
  {
    files: ['src/publish/loader.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        atob: 'readonly',
        Blob: 'readonly',
        DecompressionStream: 'readonly',
        Response: 'readonly',
        TextDecoder: 'readonly',
      },
    },
  },
  {
    files: ['public/*.js'],
    languageOptions: { globals: { document: 'readonly', addEventListener: 'readonly', getComputedStyle: 'readonly' } },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { console: 'readonly', process: 'readonly', Buffer: 'readonly', URL: 'readonly', performance: 'readonly' },
    },
  },
);
