// Where packages and their sources come from.
export const registries = {
  github: "{{github-token}}",
  githubFineGrained: "{{github-fine-grained-token}}",
  npm: "{{npm-token}}",
  gitlab: "{{gitlab-token}}",
  pypi: "{{pypi-token}}",
  crates: "{{crates-io-token}}",
};
