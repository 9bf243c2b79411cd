// For `import page from './check.md'`: `/// <reference types="@tidegate/plugin/markdown" />`.
declare module '*.md' {
  const text: string;
  export default text;
}
