declare module '*.vue' {
  const component: import('vitepress').Theme['Layout'] & object;
  export default component;
}
