import vue from '@vitejs/plugin-vue';

// Vue must know which elements are custom elements.
const isCustomElement = (tag) => tag === 'ai-now-studio';

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] };
