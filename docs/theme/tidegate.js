// What scrolls by itself can be reached and scrolled from the keyboard.
for (const element of document.querySelectorAll("main pre > code, main table")) {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
}
