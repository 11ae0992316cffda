// The desk's forms: the box of an autocomplete is named by its label, as any other field is.
(() => {
  const $ = django.jQuery;

  function nameOf(select) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    return label ? label.textContent.trim() : "";
  }

  function name(select) {
    const words = nameOf(select);
    const box = select.nextElementSibling;
    if (!words || !box || !box.classList.contains("select2-container")) {
      return;
    }
    const selection = box.querySelector(".select2-selection");
    const value = box.querySelector(".select2-selection__rendered");
    const chosen = value && value.tagName === "SPAN" ? value.textContent.trim() : "";
    selection.removeAttribute("aria-labelledby");
    selection.setAttribute("aria-label", chosen ? `${words}: ${chosen}` : words);
    if (value && value.tagName === "SPAN") {
      for (const attribute of ["role", "aria-readonly"]) {
        value.removeAttribute(attribute);
      }
    } else if (value) {
      value.setAttribute("role", "presentation");
      for (const row of value.children) {
        row.setAttribute("role", "presentation");
      }
    }
    const search = box.querySelector(".select2-search__field");
    if (search) {
      search.setAttribute("aria-label", words);
    }
  }

  function nameAll() {
    document.querySelectorAll("select.admin-autocomplete").forEach(name);
  }

  // select2 draws its boxes when the document is ready, and anew after each choice.
  $(nameAll);
  $(document).on("change select2:select select2:unselect", "select.admin-autocomplete", (event) => {
    setTimeout(() => name(event.target));
  });
  $(document).on("select2:open", (event) => {
    const search = document.querySelector(".select2-container--open .select2-dropdown input");
    if (search) {
      search.setAttribute("aria-label", nameOf(event.target));
    }
  });
  document.addEventListener("formset:added", () => setTimeout(nameAll));
})();
