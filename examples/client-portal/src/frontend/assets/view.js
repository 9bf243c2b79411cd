const element = (id) => document.getElementById(id);

// Everything is set as text: what people type is never read as markup.
function cell(text) {
  const made = document.createElement("td");
  made.textContent = text;
  return made;
}

const view = {
  say(text) {
    element("message").textContent = text;
  },

  showLogin() {
    element("login").hidden = false;
    element("records").hidden = element("session").hidden = true;
  },

  showPerson(me) {
    element("login").hidden = true;
    element("records").hidden = element("session").hidden = false;
    element("person").textContent = me.name + " (" + me.account.role + ")";
    const options = me.accounts.map(
      (account) => new Option(account.name, account.id, false, account.id === me.account.id),
    );
    element("account").replaceChildren(...options);
  },

  showRecords(list) {
    const rows = list.items.map((record) => {
      const row = document.createElement("tr");
      const amount = (record.amount / 100).toFixed(2);
      const changed = new Date(record.updated_at).toLocaleString();
      row.append(cell(record.title), cell(amount), cell(record.tags.join(", ")), cell(changed));
      return row;
    });
    element("rows").replaceChildren(...rows);
    const pages = Math.max(1, Math.ceil(list.total / list.per_page));
    element("position").textContent = "Page " + list.page + " of " + pages;
    element("previous").disabled = list.page <= 1;
    element("next").disabled = list.page >= pages;
  },
};
