export { make, setRows, word } from '@rt/example-ui';
