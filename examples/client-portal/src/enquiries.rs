//! The export of what visitors asked an account, with the header that its reports carry.

use axum::extract::State;
use axum::http::header;
use jiff::Span;
use jiff::civil::Date;

use crate::app::App;
use crate::auth::Caller;
use crate::breaks::Break;
use crate::clock;
use crate::errors::ApiError;

/// How long after its end an enquiry shows whom it came from, in days.
const DAYS_WITH_PERSON: i32 = 90;

/// How long after its end an enquiry is kept, in days.
const DAYS_KEPT: i32 = 365;

/// Identifier, name, mail address, text, and how many days ago it came and was closed.
type Enquiry = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i32,
    Option<i32>,
);

/// The newest first.
const ENQUIRIES: [Enquiry; 6] = [
    (
        "enq_106",
        "Ida Moss",
        "ida.moss@mail.example",
        "Could you call me, please?",
        2,
        None,
    ),
    (
        "enq_105",
        "Paul Frei",
        "paul@frei.example",
        "The form says \"try again\", again and again",
        20,
        Some(12),
    ),
    (
        "enq_104",
        "Jun Abe",
        "jun.abe@mail.example",
        "What does a workshop cost?",
        75,
        Some(70),
    ),
    (
        "enq_103",
        "Nora Lindt",
        "nora@lindt.example",
        "Please send me an offer",
        130,
        Some(120),
    ),
    (
        "enq_102",
        "Tom Reed",
        "tom.reed@mail.example",
        "Where do I find my invoices, all of them?",
        310,
        Some(300),
    ),
    (
        "enq_101",
        "Eva Brandt",
        "eva.brandt@mail.example",
        "Do you build shops?",
        420,
        Some(400),
    ),
];

type Download = ([(header::HeaderName, String); 2], String);

/// `GET /api/enquiries.csv`
pub(crate) async fn export(State(app): State<App>, caller: Caller) -> Result<Download, ApiError> {
    let sql = "select name from tenants where id = ?1";
    let find = {
        let tenant = caller.tenant.clone();
        move |connection: &mut rusqlite::Connection| {
            Ok(connection.query_row(sql, [tenant], |row| row.get::<_, String>(0))?)
        }
    };
    let name = app.store.call(find).await?;
    let today = clock::today();
    let file = format!("{}-enquiries-{today}.csv", caller.tenant);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{file}\""),
        ),
    ];
    let mut text = String::new();
    if !app.broken(Break::ExportWithoutHeader) {
        text = format!(
            "# {name}\r\n# Enquiries\r\n# Confidential: for {name} only\r\n# As of {today}\r\n"
        );
    }
    text.push_str("id,name,email,message,received_on,closed_on\r\n");
    text.extend(rows(today, app.broken(Break::ExportKeepsOld)));
    Ok((headers, text))
}

/// The lines of the enquiries that are still kept.
fn rows(today: Date, keeps_old: bool) -> impl Iterator<Item = String> {
    let kept = ENQUIRIES
        .into_iter()
        .filter(move |enquiry| keeps_old || enquiry.5.is_none_or(|closed| closed <= DAYS_KEPT));
    kept.map(move |(id, name, email, message, received, closed)| {
        let shown = keeps_old || closed.is_none_or(|closed| closed <= DAYS_WITH_PERSON);
        let (name, email) = if shown { (name, email) } else { ("", "") };
        let message = message.replace('"', "\"\"");
        let closed = closed.map(|days| ago(today, days)).unwrap_or_default();
        let received = ago(today, received);
        format!("{id},{name},{email},\"{message}\",{received},{closed}\r\n")
    })
}

/// The date so many days before another.
fn ago(today: Date, days: i32) -> String {
    today.saturating_sub(Span::new().days(days)).to_string()
}
