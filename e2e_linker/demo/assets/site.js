"use strict";
(() => {
  const each = (root, selector, action) => root.querySelectorAll(selector).forEach(action);

  const passwordToggle = (field) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toggle";
    button.textContent = field.dataset.show;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const hidden = field.type === "password";
      field.type = hidden ? "text" : "password";
      button.textContent = hidden ? field.dataset.hide : field.dataset.show;
      button.setAttribute("aria-pressed", String(hidden));
    });
    field.after(button);
  };

  const gather = (form) => {
    const values = [...form.querySelectorAll("input:not([type=hidden])")].map((field) => field.value);
    const [username, password] = values;
    for (const [name, value] of Object.entries({ username, password })) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }
  };

  const guard = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      if (form.dataset.gather !== undefined) gather(form);
      form.dataset.sent = "yes";
    });
    window.addEventListener("pageshow", () => delete form.dataset.sent);
  };

  const banner = (button) => {
    button.addEventListener("click", () => {
      document.cookie = `bb_cookies=${button.dataset.banner}; Path=/; Secure; SameSite=Lax`;
      button.closest(".banner").remove();
    });
  };

  window.brightbulb = {
    enhance(root) {
      each(root, "input[data-show]", passwordToggle);
      each(root, "form[data-guard]", guard);
      each(root, "button[data-banner]", banner);
      each(root, "button.primary:disabled:not([data-locked])", (button) => {
        button.disabled = false;
      });
    },
  };
  window.brightbulb.enhance(document);
})();
