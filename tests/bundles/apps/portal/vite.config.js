export default { build: { sourcemap: true, chunkSizeWarningLimit: Infinity } };
