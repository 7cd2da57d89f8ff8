"use strict";
const chosen = document.getElementById("row");
if (chosen) {
  chosen.addEventListener("change", () => {
    for (const part of document.querySelectorAll(".of-row")) {
      part.toggleAttribute("hidden", part.dataset.row !== chosen.value);
    }
  });
}
