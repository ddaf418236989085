// Single-key shortcuts: / goes to the search field, j and k to the next and the previous
// tweet of a list; the review has others, see review.js. They can be turned off at the end
// of each page, as they clash with dictation and some screen readers (WCAG 2.1.4). No key
// does anything while somebody types in a field.
"use strict";
const choice = document.getElementById("letter-keys").querySelector("input");

function use(on) {
  choice.checked = on;
  document.documentElement.dataset.letterKeys = on ? "on" : "off";
  for (const element of document.querySelectorAll("[data-key]")) {
    const key = element.dataset.key;
    if (on || key.length > 1) {
      element.setAttribute("aria-keyshortcuts", key);
    } else {
      element.removeAttribute("aria-keyshortcuts");
    }
  }
}

let off = false;
try {
  off = localStorage.getItem("letter-keys") === "off";
} catch { // the browser allows no storage: the choice holds for this page
}
use(!off);
choice.parentElement.hidden = false;
choice.addEventListener("change", () => {
  use(choice.checked);
  try {
    localStorage.setItem("letter-keys", choice.checked ? "on" : "off");
  } catch {
  }
});

document.addEventListener("keydown", (event) => {
  if (!choice.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("input:not([type=checkbox]), textarea, select")) {
    return;
  }
  if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
    return;
  }
  if (event.key !== "j" && event.key !== "k") {
    return;
  }
  const cards = [...document.querySelectorAll(".card, .embed")].filter((card) => card.checkVisibility());
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  const card = cards[event.key === "j" ? at + 1 : at - 1];
  if (card) {
    event.preventDefault();
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }
});
