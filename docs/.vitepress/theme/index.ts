import DefaultTheme from 'vitepress/theme';
import './wide.css';

// oxlint-disable-next-line import/no-default-export -- VitePress looks for it
export default DefaultTheme;
