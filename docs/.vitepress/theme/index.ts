import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import TransportCalculator from '../../calculator/transport-calculator.vue';
import './wide.css';

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('TransportCalculator', TransportCalculator);
  },
};

// oxlint-disable-next-line import/no-default-export -- VitePress looks for it
export default theme;
