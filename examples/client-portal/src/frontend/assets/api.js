// The session lives in a cookie that scripts cannot read; requests carry it by themselves.
async function request(method, path, body) {
  const options = { method, credentials: "same-origin", headers: {} };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(config.api + path, options);
  const text = await response.text();
  const answer = text ? JSON.parse(text) : null;
  if (!response.ok) {
    throw Object.assign(new Error(answer.error.message), { status: response.status });
  }
  return answer;
}

const api = {
  me: () => request("GET", "/api/me"),
  logIn: (email, password) => request("POST", "/api/login", { email, password }),
  logOut: () => request("POST", "/api/logout"),
  switchTo: (account) => request("POST", "/api/session/switch", { account }),
  create: (record) => request("POST", "/api/records", record),
  records: (page, q) =>
    request("GET", "/api/records?" + new URLSearchParams({ page, per_page: 10, q })),
};
