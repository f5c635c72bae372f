import vue from '@vitejs/plugin-vue';

// Vue wants to be told which elements are not its own.
const isCustomElement = (tag) => tag === 'ai-now-studio';

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] };
