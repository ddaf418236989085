// Keys for the hand: / goes to the search field, j and k to the next and the previous
// tweet of a list. Who types in a field is left alone.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("input, textarea, select")) {
    return;
  }
  if (event.key === "/") {
    const field = document.querySelector("input[name=q]");
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
  const cards = [...document.querySelectorAll(".card, .sighting")].filter((card) => card.checkVisibility());
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  const card = cards[event.key === "j" ? at + 1 : at - 1];
  if (card) {
    event.preventDefault();
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }
});
