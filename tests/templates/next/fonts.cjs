// What Google's font service answers, for builds on machines that do not reach it (NEXT_FONT_GOOGLE_MOCKED_RESPONSES).

const face = (family) =>
  `@font-face { font-family: "${family}"; font-style: normal; font-weight: 100 900; src: local("sans-serif"); }`;
const address = (family) =>
  `https://fonts.googleapis.com/css2?family=${family.replaceAll(" ", "+")}:wght@100..900&display=swap`;

module.exports = Object.fromEntries(["Geist", "Geist Mono"].map((family) => [address(family), face(family)]));
