//! The server-rendered pages.

use crate::escape::html;

use super::store::Order;

/// The page of every unknown path.
pub(super) const INDEX: &str = "<!doctype html><html><head><title>Tidewater back office</title>\
    </head><body><div id=\"root\"></div><script src=\"/assets/app.js\"></script></body></html>";

fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><title>{0}</title></head>\
         <body><h1>{0}</h1>\n{content}\n</body></html>\n",
        html(title)
    )
}

/// Renders the sign-in form.
pub(super) fn login(csrf: &str, next: &str, problem: &str) -> String {
    let problem = if problem.is_empty() {
        String::new()
    } else {
        format!("<p class=\"error\">{}</p>", html(problem))
    };
    let form = format!(
        "{problem}<form method=\"post\" action=\"/login\">\
         <input type=\"hidden\" name=\"csrf\" value=\"{}\">\
         <input type=\"hidden\" name=\"next\" value=\"{}\">\
         <input name=\"email\" type=\"email\"><input name=\"password\" type=\"password\">\
         <button>Sign in</button></form>",
        html(csrf),
        html(next)
    );
    page("Sign in", &form)
}

/// Renders the tenant's orders.
pub(super) fn dashboard<'a>(
    tenant: &str,
    csrf: &str,
    orders: impl Iterator<Item = &'a Order>,
) -> String {
    let rows: String = orders
        .map(|order| {
            format!(
                "<tr><td><a href=\"/orders/{0}\">{0}</a></td><td>{1}</td><td>{2}</td></tr>",
                order.id,
                html(&order.draft.title),
                order.draft.quantity
            )
        })
        .collect();
    let content = format!(
        "<table>{rows}</table><form method=\"post\" action=\"/logout\">\
         <input type=\"hidden\" name=\"csrf\" value=\"{}\"><button>Sign out</button></form>",
        html(csrf)
    );
    page(&format!("Orders of {tenant}"), &content)
}

/// Renders one order.
pub(super) fn order(order: &Order) -> String {
    let content = format!(
        "<p>{}</p><p>{} pieces</p>",
        html(&order.draft.title),
        order.draft.quantity
    );
    page(&format!("Order {}", order.id), &content)
}

/// Renders the settings that managers change.
pub(super) fn settings(tenant: &str, markup: u64) -> String {
    let content = format!("<p>Markup: {markup} percent</p>");
    page(&format!("Settings of {tenant}"), &content)
}

/// Renders a page that says what went wrong.
pub(super) fn problem(title: &str) -> String {
    page(
        title,
        "<p><a href=\"/dashboard\">Back to the dashboard</a></p>",
    )
}

/// Writes orders as CSV (RFC 4180).
pub(super) fn csv<'a>(orders: impl Iterator<Item = &'a Order>) -> String {
    let rows = orders.map(|order| {
        format!(
            "{},\"{}\",{}\r\n",
            order.id,
            order.draft.title.replace('"', "\"\""),
            order.draft.quantity
        )
    });
    std::iter::once("id,title,quantity\r\n".to_owned())
        .chain(rows)
        .collect()
}
