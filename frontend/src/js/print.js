// A button that prints the page as it stands.
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) print();
});
