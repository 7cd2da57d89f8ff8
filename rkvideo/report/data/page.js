"use strict";
for (const section of document.querySelectorAll("section")) {
  const chosen = section.querySelector("select.row");
  chosen.addEventListener("change", () => {
    for (const part of section.querySelectorAll(".of-row")) {
      part.toggleAttribute("hidden", part.dataset.row !== chosen.value);
    }
  });
}
