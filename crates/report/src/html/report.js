"use strict";
(() => {
  const form = document.getElementById("filter");
  const folds = () => document.querySelectorAll("details:not([open])");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...folds()];
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));
  if (!form) return;
  const found = [...document.querySelectorAll("article.finding")];
  const groups = [...document.querySelectorAll(".group"), ...document.querySelectorAll(".severity")];
  const texts = new Map();
  const text = (one) => {
    if (!texts.has(one)) texts.set(one, one.textContent.toLowerCase());
    return texts.get(one);
  };
  const apply = () => {
    const { severity, check, blocks, words } = form.elements;
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    for (const one of found) {
      const match = (!severity.value || one.dataset.severity === severity.value)
        && (!check.value || one.dataset.check === check.value)
        && (!blocks.checked || one.dataset.blocks === "yes")
        && (!wanted || text(one).includes(wanted));
      one.hidden = !match;
      shown += match;
    }
    for (const group of groups) group.hidden = !group.querySelector("article.finding:not([hidden])");
    form.elements.shown.value = shown === found.length
      ? `All ${shown} shown`
      : `${shown} of ${found.length} shown`;
  };
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();
})();
