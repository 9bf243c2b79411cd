import { fileURLToPath } from "node:url";

export default {
  output: "export",
  distDir: "dist",
  productionBrowserSourceMaps: true,
  // Where the packages are installed.
  turbopack: { root: fileURLToPath(new URL("../..", import.meta.url)) },
};
