const shown = { page: 1, q: "" };

// A session that has ended leads back to the login; anything else is told.
async function attempt(work) {
  view.say("");
  try {
    await work();
  } catch (error) {
    if (error.status === 401) {
      view.showLogin();
    }
    view.say(error.message);
  }
}

const refresh = async () => view.showRecords(await api.records(shown.page, shown.q));

async function start() {
  view.showPerson(await api.me());
  await refresh();
}

function turn(step) {
  shown.page += step;
  return attempt(refresh);
}

function onSubmit(id, work) {
  element(id).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => work(new FormData(event.target), event.target));
  });
}

onSubmit("login", async (form, target) => {
  await api.logIn(form.get("email"), form.get("password"));
  target.reset();
  await start();
});

onSubmit("search", async (form) => {
  Object.assign(shown, { page: 1, q: form.get("q") });
  await refresh();
});

onSubmit("create", async (form, target) => {
  const amount = Math.round(Number(form.get("amount")) * 100);
  await api.create({ title: form.get("title"), amount });
  target.reset();
  shown.page = 1;
  await refresh();
});

element("previous").addEventListener("click", () => turn(-1));
element("next").addEventListener("click", () => turn(1));
element("log-out").addEventListener("click", () =>
  attempt(async () => {
    await api.logOut();
    view.showLogin();
  }),
);
element("account").addEventListener("change", (event) =>
  attempt(async () => {
    await api.switchTo(event.target.value);
    shown.page = 1;
    await start();
  }),
);

api.me().then(() => attempt(start), view.showLogin);
